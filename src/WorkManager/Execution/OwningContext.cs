using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>The type of the context that owns the tables. There is one per service container.</summary>
internal sealed record OwningContext(Type ContextType)
{
    /// <summary>Returns the context if it is of the right type.</summary>
    /// <exception cref="ArgumentException">The context is of another type.</exception>
    public DbContext Ensure(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ContextType.IsInstanceOfType(context) ? context : throw new ArgumentException(
            $"WorkManager uses {ContextType.Name}, which UseDbContext named, but got a {context.GetType().Name}. Pass a {ContextType.Name}.", nameof(context));
    }

    public DbContext Resolve(IServiceProvider services) =>
        services.GetService(ContextType) as DbContext ?? throw new InvalidOperationException(
            ContextType == typeof(WorkManagerDbContext)
                ? "WorkManager has no database. Call AddWorkManager().UseDbContext<TContext>() with your own context, "
                    + "or register the shipped one with services.AddDbContext<WorkManagerDbContext>(o => …)."
                : $"WorkManager uses {ContextType.Name}, which is not registered. Call services.AddDbContext<{ContextType.Name}>(o => …).");
}
