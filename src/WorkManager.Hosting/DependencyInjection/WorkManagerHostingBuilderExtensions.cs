using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WorkManager;
using WorkManager.Hosting.Diagnostics;
using WorkManager.Hosting.Leases;
using WorkManager.Hosting.Maintenance;
using WorkManager.Hosting.Workers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds workers and housekeeping to the host.</summary>
public static class WorkManagerHostingBuilderExtensions
{
    /// <summary>Adds a worker: it leases items of an order type, has a handler work on them, and stores the results.</summary>
    /// <typeparam name="TOrderType">The order type. It is registered, too, if it is not yet.</typeparam>
    /// <typeparam name="THandler">An <see cref="IWorkHandler{TInput, TResult}"/> of its input and result. Each item has one in a scope of its own.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options; they are checked when the host starts.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The handler does not fit the order type.</exception>
    /// <exception cref="InvalidOperationException">The order type has a worker of the same name: give one of them another.</exception>
    /// <remarks>Its name, and that of its <see cref="WorkerOptions"/>, is the key of the order type.</remarks>
    public static IWorkManagerBuilder AddWorker<TOrderType, THandler>(this IWorkManagerBuilder builder, Action<WorkerOptions>? configure = null)
        where TOrderType : OrderType
        where THandler : class =>
        Add<TOrderType, THandler>(builder, null, options => options.Configure(configure ?? (_ => { })));

    /// <summary>Adds a worker with a name of its own, such as a second one for the same order type.</summary>
    /// <typeparam name="TOrderType">The order type. It is registered, too, if it is not yet.</typeparam>
    /// <typeparam name="THandler">An <see cref="IWorkHandler{TInput, TResult}"/> of its input and result. Each item has one in a scope of its own.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name of the worker and of its <see cref="WorkerOptions"/>.</param>
    /// <param name="configure">Sets options; they are checked when the host starts.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The handler does not fit the order type, or the name is empty.</exception>
    /// <exception cref="InvalidOperationException">Another worker has the name.</exception>
    public static IWorkManagerBuilder AddWorker<TOrderType, THandler>(this IWorkManagerBuilder builder, string name, Action<WorkerOptions>? configure = null)
        where TOrderType : OrderType
        where THandler : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Add<TOrderType, THandler>(builder, name, options => options.Configure(configure ?? (_ => { })));
    }

    /// <summary>Adds a worker whose options are in the configuration.</summary>
    /// <typeparam name="TOrderType">The order type. It is registered, too, if it is not yet.</typeparam>
    /// <typeparam name="THandler">An <see cref="IWorkHandler{TInput, TResult}"/> of its input and result. Each item has one in a scope of its own.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configuration">The section with the <see cref="WorkerOptions"/>.</param>
    /// <param name="name">The name of the worker; null for the key of the order type.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The handler does not fit the order type.</exception>
    /// <exception cref="InvalidOperationException">Another worker has the name.</exception>
    public static IWorkManagerBuilder AddWorker<TOrderType, THandler>(this IWorkManagerBuilder builder, IConfiguration configuration, string? name = null)
        where TOrderType : OrderType
        where THandler : class
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Add<TOrderType, THandler>(builder, name, options => options.Bind(configuration, binder => binder.ErrorOnUnknownConfiguration = true));
    }

    /// <summary>Does the duties of <see cref="IWorkMaintenance"/>, each on its own schedule. Every process may: they take turns.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets how often; checked when the host starts.</param>
    /// <returns>The same builder.</returns>
    public static IWorkManagerBuilder AddMaintenance(this IWorkManagerBuilder builder, Action<MaintenanceSchedule>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<MaintenanceSchedule>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MaintenanceSchedule>, MaintenanceScheduleValidator>());
        builder.Services.AddHostedService<MaintenanceService>();
        return builder;
    }

    /// <summary>Measures how much waits and how long, by order type. It is read when metrics are collected, every 15 seconds at most.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>One process of those that share a database is enough.</remarks>
    public static IWorkManagerBuilder AddQueueMetrics(this IWorkManagerBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHostedService<QueueMetrics>();
        return builder;
    }

    private static IWorkManagerBuilder Add<TOrderType, THandler>(IWorkManagerBuilder builder, string? name, Action<OptionsBuilder<WorkerOptions>> configure)
        where TOrderType : OrderType
        where THandler : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var worker = WorkerDescriptor.Of(typeof(TOrderType), typeof(THandler), name);
        var services = builder.Services;
        if (services.Any(s => !s.IsKeyedService && s.ImplementationInstance is WorkerDescriptor other && other.Name == worker.Name))
        {
            throw new InvalidOperationException(
                $"There are two workers '{worker.Name}'. Give one of them a name: AddWorker<{typeof(TOrderType).Name}, …>(\"name\").");
        }

        builder.AddOrderType<TOrderType>();
        services.AddSingleton(worker);
        services.TryAddScoped<THandler>();
        configure(services.AddOptions<WorkerOptions>(worker.Name).ValidateOnStart());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkerOptions>, WorkerOptionsValidator>());
        services.TryAddSingleton<WorkerIdentity>();
        services.TryAddSingleton<WorkerMetrics>();
        services.TryAddSingleton<LeaseKeeper>();
        services.TryAddSingleton<WorkerService>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WorkerService>(s => s.GetRequiredService<WorkerService>()));
        return builder;
    }
}
