using Microsoft.EntityFrameworkCore.Infrastructure;
using WorkManager;
using WorkManager.Persistence.HostModel;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds WorkManager to a context.</summary>
public static class WorkManagerDbContextOptionsBuilderExtensions
{
    /// <summary>Adds WorkManager's entities and shipped migrations to the context.</summary>
    /// <param name="builder">The context's options.</param>
    /// <param name="schema">The schema of the tables; null for the model's default schema. SQLite has none.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// <c>AddWorkManager().UseDbContext&lt;T&gt;()</c> calls it for you. Call it yourself in an <c>IDesignTimeDbContextFactory</c>,
    /// which builds its options by hand.
    /// </remarks>
    public static DbContextOptionsBuilder UseWorkManager(this DbContextOptionsBuilder builder, string? schema = null) =>
        UseWorkManager(builder, options => options.Schema = schema ?? options.Schema);

    /// <summary>Adds WorkManager's entities and shipped migrations to the context.</summary>
    /// <param name="builder">The context's options.</param>
    /// <param name="configure">Says where the tables are, and who makes them. What an earlier call said stays unless this one changes it.</param>
    /// <returns>The same builder.</returns>
    public static DbContextOptionsBuilder UseWorkManager(this DbContextOptionsBuilder builder, Action<WorkManagerSchemaOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var existing = builder.Options.FindExtension<WorkManagerOptionsExtension>();
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(WorkManagerOptionsExtension.ForHost(existing, configure));
        return builder;
    }

    /// <summary>Adds WorkManager's entities and shipped migrations to the context.</summary>
    /// <typeparam name="TContext">The context.</typeparam>
    /// <param name="builder">The context's options.</param>
    /// <param name="schema">The schema of the tables; null for the model's default schema. SQLite has none.</param>
    /// <returns>The same builder.</returns>
    public static DbContextOptionsBuilder<TContext> UseWorkManager<TContext>(this DbContextOptionsBuilder<TContext> builder, string? schema = null)
        where TContext : DbContext
    {
        UseWorkManager((DbContextOptionsBuilder)builder, schema);
        return builder;
    }

    /// <summary>Adds WorkManager's entities and shipped migrations to the context.</summary>
    /// <typeparam name="TContext">The context.</typeparam>
    /// <param name="builder">The context's options.</param>
    /// <param name="configure">Says where the tables are, and who makes them. What an earlier call said stays unless this one changes it.</param>
    /// <returns>The same builder.</returns>
    public static DbContextOptionsBuilder<TContext> UseWorkManager<TContext>(
        this DbContextOptionsBuilder<TContext> builder, Action<WorkManagerSchemaOptions> configure)
        where TContext : DbContext
    {
        UseWorkManager((DbContextOptionsBuilder)builder, configure);
        return builder;
    }
}
