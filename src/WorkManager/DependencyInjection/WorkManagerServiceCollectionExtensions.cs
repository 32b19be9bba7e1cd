using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using WorkManager;
using WorkManager.Applying;
using WorkManager.DependencyInjection;
using WorkManager.Diagnostics;
using WorkManager.Execution;
using WorkManager.Leasing;
using WorkManager.Operating;
using WorkManager.OrderTypes;
using WorkManager.Persistence.Schema;
using WorkManager.Persistence;
using WorkManager.Proposing;
using WorkManager.Providers.PostgreSql;
using WorkManager.Providers.Sqlite;
using WorkManager.Reading;
using WorkManager.Reversals;
using WorkManager.Reviewing;
using WorkManager.Submitting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds WorkManager to an application.</summary>
public static class WorkManagerServiceCollectionExtensions
{
    /// <summary>Adds WorkManager: entity configurations, repositories, <see cref="IWorkOrderManager"/> and <see cref="IWorkMaintenance"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options; they are checked when the host starts, or at first use.</param>
    /// <returns>A builder for what belongs to it: name your context with <c>UseDbContext</c>, and add your order types.</returns>
    /// <remarks>
    /// May be called more than once; settings add up. Without <c>UseDbContext</c> it works on <see cref="WorkManagerDbContext"/>,
    /// which you register with <c>services.AddDbContext&lt;WorkManagerDbContext&gt;(o =&gt; …)</c>.
    /// </remarks>
    public static IWorkManagerBuilder AddWorkManager(this IServiceCollection services, Action<WorkManagerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<WorkManagerOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkManagerOptions>, WorkManagerOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkManagerOptions>, JsonOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkManagerOptions>, OrderTypesValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkManagerOptions>, OrderTypeServicesValidator>(
            s => new(s.GetServices<OrderTypeDescriptor>(), services, s.GetService<IServiceProviderIsService>())));
        services.TryAddSingleton(TimeProvider.System);
        services.ConfigureDbContext<WorkManagerDbContext>(shipped => shipped.UseWorkManager());
        AddSettings(services);
        AddKernel(services);
        AddVerbs(services);
        AddProviders(services);
        AddFacade(services);
        return new WorkManagerBuilder(services);
    }

    // Each part depends on its own settings only, and not on all options.
    private static void AddSettings(IServiceCollection services)
    {
        services.TryAddSingleton(s => Settings(s).Lease);
        services.TryAddSingleton(s => Settings(s).Retry);
        services.TryAddSingleton(s => Settings(s).Limits);
        services.TryAddSingleton(s => Settings(s).Review);
        services.TryAddSingleton(s => Settings(s).Maintenance);
        services.TryAddSingleton(s => Settings(s).PostgreSql);
        services.TryAddSingleton(s => new WorkClock(s.GetRequiredService<TimeProvider>(), Settings(s).Clock));
        services.TryAddSingleton(s => new JsonDocuments(Settings(s).Json, Settings(s).Limits));
    }

    private static WorkManagerOptions Settings(IServiceProvider services) => services.GetRequiredService<IOptions<WorkManagerOptions>>().Value;

    private static void AddKernel(IServiceCollection services)
    {
        services.TryAddSingleton(new OwningContext(typeof(WorkManagerDbContext)));
        services.TryAddSingleton<IWorkTenantProvider, SingleTenant>();
        services.TryAddSingleton<OrderTypeRegistry>();
        services.TryAddSingleton<IdGenerator>();
        services.TryAddSingleton<Telemetry>();
        services.TryAddSingleton<StoreDialects>();
        services.TryAddSingleton<EngineContexts>();
        services.TryAddSingleton<WorkScopes>();
        services.TryAddSingleton<WorkTransactions>();
        services.TryAddSingleton<Repetition>();
        services.TryAddSingleton<SchemaGuard>();
        services.TryAddSingleton<OperationRunner>();
    }

    private static void AddVerbs(IServiceCollection services)
    {
        services.TryAddSingleton<OrderPlanner>();
        services.TryAddSingleton<NewOrders>();
        services.TryAddSingleton<ProposeOrder>();
        services.TryAddSingleton<CloneOrder>();
        services.TryAddSingleton<CloneSelected>();
        services.TryAddSingleton<ProposeReversal>();
        services.TryAddSingleton<GenerateOrders>();
        services.TryAddSingleton<LeaseRecovery>();
        services.TryAddSingleton<RecoverySchedule>();
        services.TryAddSingleton<TenantRotation>();
        services.TryAddSingleton<LimitedClaims>();
        services.TryAddSingleton<ClaimRequests>();
        services.TryAddSingleton<LeasedInputs>();
        services.TryAddSingleton<CheckoutItems>();
        services.TryAddSingleton<Heartbeat>();
        services.TryAddSingleton<ReleaseLease>();
        services.TryAddSingleton<FailItem>();
        services.TryAddSingleton<ReclaimExpired>();
        services.TryAddSingleton<RevokeLeases>();
        services.TryAddSingleton<ExtendLeases>();
        services.TryAddSingleton<ResultCheck>();
        services.TryAddSingleton<SubmitItems>();
        services.TryAddSingleton<EditResult>();
        services.TryAddSingleton<ApplyRuns>();
        services.TryAddSingleton<PostCommitSteps>();
        services.TryAddSingleton<FailedApprovals>();
        services.TryAddSingleton<GiveApproval>();
        services.TryAddSingleton<DeniedApprovals>();
        services.TryAddSingleton<PendingApprovals>();
        services.TryAddSingleton<PreviewOrder>();
        services.TryAddSingleton<ApproveOrder>();
        services.TryAddSingleton<AutomaticApproval>();
        services.TryAddSingleton<ApproveDue>();
        services.TryAddSingleton<RejectOrder>();
        services.TryAddSingleton<Rework>();
        services.TryAddSingleton<DecideItems>();
        services.TryAddSingleton<TakeReview>();
        services.TryAddSingleton<SkipReview>();
        services.TryAddSingleton<ReturnForRework>();
        services.TryAddSingleton<ReworkSelected>();
        services.TryAddSingleton<CancelOrder>();
        services.TryAddSingleton<RetryOrder>();
        services.TryAddSingleton<RetrySelected>();
        services.TryAddSingleton<HoldSelected>();
        services.TryAddSingleton<ResumeSelected>();
        services.TryAddSingleton<PauseType>();
        services.TryAddSingleton<ResumeType>();
        services.TryAddSingleton<DeadLetterOrder>();
        services.TryAddSingleton<DeadLetterSelected>();
        services.TryAddSingleton<DeadLetterDue>();
        services.TryAddSingleton<HoldOrder>();
        services.TryAddSingleton<ResumeOrder>();
        services.TryAddSingleton<RescheduleOrder>();
        services.TryAddSingleton<FindStale>();
        services.TryAddSingleton<ReconcileOrders>();
        services.TryAddSingleton<PruneOrders>();
        services.TryAddSingleton<SettleDependencies>();
        services.TryAddSingleton<PurgeKeys>();
        services.TryAddSingleton<ReadQueue>();
        services.TryAddSingleton<Verbs>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICommitSubscriber, AutoApprove>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICommitSubscriber, DependentOrders>());
        services.TryAddSingleton<WorkQueueSignal>();
        services.TryAddSingleton<IWorkQueueSignal>(s => s.GetRequiredService<WorkQueueSignal>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICommitSubscriber, WorkQueueSignal>(s => s.GetRequiredService<WorkQueueSignal>()));
    }

    private static void AddProviders(IServiceCollection services)
    {
        services.TryAddKeyedSingleton<IStoreDialect, SqliteDialect>(ProviderNames.Sqlite);
        services.TryAddKeyedSingleton<ILeasingSql, SqliteLeasingSql>(ProviderNames.Sqlite);
        services.TryAddKeyedSingleton<ISubmittingSql, SqliteSubmittingSql>(ProviderNames.Sqlite);
        services.TryAddKeyedSingleton<ILeaseEndsSql, SqliteLeaseEndsSql>(ProviderNames.Sqlite);
        services.TryAddKeyedSingleton<IReadingSql, SqliteReadingSql>(ProviderNames.Sqlite);
        services.TryAddKeyedSingleton<IPreviewSql, SqlitePreviewSql>(ProviderNames.Sqlite);
        services.TryAddKeyedSingleton<IReversalSql, SqliteReversalSql>(ProviderNames.Sqlite);
        services.TryAddKeyedSingleton<IStoreDialect, PostgreSqlDialect>(ProviderNames.PostgreSql);
        services.TryAddKeyedSingleton<ILeasingSql, PostgreSqlLeasingSql>(ProviderNames.PostgreSql);
        services.TryAddKeyedSingleton<ISubmittingSql, PostgreSqlSubmittingSql>(ProviderNames.PostgreSql);
        services.TryAddKeyedSingleton<ILeaseEndsSql, PostgreSqlLeaseEndsSql>(ProviderNames.PostgreSql);
        services.TryAddKeyedSingleton<IReadingSql, PostgreSqlReadingSql>(ProviderNames.PostgreSql);
        services.TryAddKeyedSingleton<IPreviewSql, PostgreSqlPreviewSql>(ProviderNames.PostgreSql);
        services.TryAddKeyedSingleton<IReversalSql, PostgreSqlReversalSql>(ProviderNames.PostgreSql);
    }

    private static void AddFacade(IServiceCollection services)
    {
        services.TryAddSingleton(new DefaultActor(_ => Actor.Unnamed));
        services.TryAddSingleton<WorkEngine>();
        services.TryAddScoped<IWorkOrderManager>(scope => new WorkOrderManager(
            scope.GetRequiredService<WorkEngine>(),
            new WorkSession(scope, null, scope.GetRequiredService<DefaultActor>().Of(scope) ?? Actor.Unnamed)));
        services.TryAddSingleton<IWorkOrderManagerFactory, WorkOrderManagerFactory>();
        services.TryAddSingleton<IWorkMaintenance>(provider => new WorkMaintenance(provider.GetRequiredService<WorkEngine>(), scope: null));
        services.TryAddScoped<WorkReader>();
        services.TryAddScoped<IWorkOrderRepository, WorkOrderRepository>();
        services.TryAddScoped<IWorkItemRepository, WorkItemRepository>();
        services.TryAddScoped<IWorkEventRepository, WorkEventRepository>();
    }
}
