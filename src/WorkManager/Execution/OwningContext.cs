using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>Which context owns the tables: one a container.</summary>
internal sealed record OwningContext(Type ContextType)
{
    /// <exception cref="ArgumentException">The context is of another type.</exception>
    public DbContext Ensure(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ContextType.IsInstanceOfType(context) ? context : throw new ArgumentException(
            $"WorkManager uses {ContextType.Name}, as named in UseDbContext; this is a {context.GetType().Name}.", nameof(context));
    }

    public DbContext Resolve(IServiceProvider services) =>
        services.GetService(ContextType) as DbContext ?? throw new InvalidOperationException(
            ContextType == typeof(WorkManagerDbContext)
                ? "WorkManager has no database. Call AddWorkManager().UseDbContext<TContext>() with your own context, "
                    + "or register the shipped one with services.AddDbContext<WorkManagerDbContext>(o => …)."
                : $"WorkManager uses {ContextType.Name}, which is not registered. Call services.AddDbContext<{ContextType.Name}>(o => …).");
}
