using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WorkManager;
using WorkManager.DependencyInjection;
using WorkManager.Execution;
using WorkManager.OrderTypes;
using WorkManager.Proposing;
using WorkManager.Reversals;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures WorkManager.</summary>
public static class WorkManagerBuilderExtensions
{
    /// <summary>Names the host's context: model, migrations and operations of WorkManager join it.</summary>
    /// <typeparam name="TContext">The context, registered with <c>AddDbContext</c>, <c>AddDbContextPool</c> or <c>AddDbContextFactory</c>.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="schema">The schema of the tables; null for the model's default schema. SQLite has none.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">Another context was named before. A container has one.</exception>
    public static IWorkManagerBuilder UseDbContext<TContext>(this IWorkManagerBuilder builder, string? schema = null)
        where TContext : DbContext =>
        UseDbContext<TContext>(builder, options => options.Schema = schema ?? options.Schema);

    /// <summary>Names the host's context: model, migrations and operations of WorkManager join it.</summary>
    /// <typeparam name="TContext">The context, registered with <c>AddDbContext</c>, <c>AddDbContextPool</c> or <c>AddDbContextFactory</c>.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says where the tables are, and who makes them.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">Another context was named before. A container has one.</exception>
    public static IWorkManagerBuilder UseDbContext<TContext>(this IWorkManagerBuilder builder, Action<WorkManagerSchemaOptions> configure)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var named = builder.Services.Select(s => s.IsKeyedService ? null : s.ImplementationInstance).OfType<OwningContext>().Single();
        if (named.ContextType != typeof(WorkManagerDbContext) && named.ContextType != typeof(TContext))
        {
            throw new InvalidOperationException($"WorkManager already uses {named.ContextType.Name}. One context per container owns its tables.");
        }

        builder.Services.Replace(ServiceDescriptor.Singleton(new OwningContext(typeof(TContext))));
        builder.Services.ConfigureDbContext<TContext>(options => options.UseWorkManager(configure));
        return builder;
    }

    /// <summary>Adds an order type.</summary>
    /// <typeparam name="TOrderType">The order type, with an <see cref="OrderTypeAttribute"/>. It is resolved from the scope that it runs in.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">The type has no valid <see cref="OrderTypeAttribute"/>.</exception>
    public static IWorkManagerBuilder AddOrderType<TOrderType>(this IWorkManagerBuilder builder)
        where TOrderType : OrderType
    {
        ArgumentNullException.ThrowIfNull(builder);
        var descriptor = OrderTypeDescriptor.Of(typeof(TOrderType));
        builder.Services.AddSingleton(descriptor);
        builder.Services.TryAddScoped<TOrderType>();
        if (descriptor.IsReversible)
        {
            builder.Services.AddSingleton(descriptor.Reversal(typeof(ReversalOf<TOrderType>), typeof(ReversalPayload), typeof(ReversalResult)));
            builder.Services.TryAddScoped<ReversalOf<TOrderType>>();
        }

        return builder;
    }

    /// <summary>Adds a generator, which <see cref="IWorkMaintenance.GenerateAsync"/> runs.</summary>
    /// <typeparam name="TGenerator">The generator. Each run resolves it from a scope of its own.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IWorkManagerBuilder AddGenerator<TGenerator>(this IWorkManagerBuilder builder)
        where TGenerator : class, IWorkGenerator
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(new GeneratorDescriptor(typeof(TGenerator)));
        builder.Services.TryAddScoped<TGenerator>();
        return builder;
    }

    /// <summary>
    /// Carries a scoped service over to the scopes that WorkManager makes for a call: an apply and the steps after its commit run in scopes of their own.
    /// Needed if a scoped service, such as the tenant of a request, chooses the database.
    /// </summary>
    /// <typeparam name="TService">The service.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="copy">Copies from the service of the caller's scope to that of the new scope, before anything else is resolved from the new scope.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// A manager of <see cref="IWorkOrderManagerFactory"/> belongs to no scope, so nothing is carried over to the scopes of its calls.
    /// </remarks>
    public static IWorkManagerBuilder CarryScope<TService>(this IWorkManagerBuilder builder, Action<TService, TService> copy)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(copy);
        builder.Services.AddSingleton(new ScopeCarrier(
            (caller, fresh) => copy(caller.GetRequiredService<TService>(), fresh.GetRequiredService<TService>())));
        return builder;
    }

    /// <summary>Sets who acts in a scope if <see cref="IWorkOrderManager.As"/> was not called.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="actor">Finds the actor of a scope, such as the signed-in user; null if nobody is known.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>By default the application itself acts, as <c>system:application</c>. It may not approve, reject or cancel.</remarks>
    public static IWorkManagerBuilder UseDefaultActor(this IWorkManagerBuilder builder, Func<IServiceProvider, Actor?> actor)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(actor);
        builder.Services.Replace(ServiceDescriptor.Singleton(new DefaultActor(actor)));
        return builder;
    }
}
