using Microsoft.EntityFrameworkCore.Infrastructure;
using WorkManager;
using WorkManager.Execution;
using WorkManager.Persistence;
using WorkManager.Persistence.HostModel;
using WorkManager.Persistence.Schema;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Makes WorkManager's tables without the <c>dotnet ef</c> tool, and allows writes that it governs.</summary>
public static class WorkManagerDatabaseFacadeExtensions
{
    /// <summary>Allows writes to governed entities through a context, such as those of an import; see <c>IsGoverned()</c>.</summary>
    /// <param name="database">The database of the context.</param>
    /// <param name="reason">Why: it is logged with each such write.</param>
    /// <returns>Ends it when it is disposed. It counts for the code that called this, and for what that calls.</returns>
    public static IDisposable AllowGovernedWrites(this DatabaseFacade database, string reason)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return Governance.Allow(ContextOf(database), reason);
    }

    /// <summary>Applies the shipped migrations that the database lacks, and nothing else: none of the context's own, and nothing is ever reverted.</summary>
    /// <param name="database">The database of a context with <see cref="MigrationOwnership.Package"/>.</param>
    /// <exception cref="InvalidOperationException">The context does not use WorkManager, or does not own its tables.</exception>
    /// <exception cref="NotSupportedException">The provider is not supported.</exception>
    /// <remarks>
    /// For databases whose other tables are not made by migrations. Where they are, <c>dotnet ef database update</c> or <c>Migrate()</c> applies both.
    /// The context's history table records them, and EF Core's lock keeps two programs from migrating at once.
    /// </remarks>
    public static void MigrateWorkManager(this DatabaseFacade database)
    {
        using var engine = OpenEngine(database);
        engine.Database.Migrate();
    }

    /// <inheritdoc cref="MigrateWorkManager"/>
    /// <param name="database">The database of a context with <see cref="MigrationOwnership.Package"/>.</param>
    /// <param name="cancellationToken">Ends the wait. What was applied stays.</param>
    public static async Task MigrateWorkManagerAsync(this DatabaseFacade database, CancellationToken cancellationToken = default)
    {
        var engine = OpenEngine(database);
        await using (engine.ConfigureAwait(false))
        {
            await engine.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Does what <c>EnsureCreated()</c> does, with WorkManager's tables, which that leaves out: for tests and prototypes.</summary>
    /// <param name="database">The database of a context that owns the tables.</param>
    /// <returns>Whether the context's own tables were made now.</returns>
    /// <exception cref="InvalidOperationException">
    /// The context does not use WorkManager, another context owns its tables, or a transaction is open on it.
    /// </exception>
    /// <exception cref="NotSupportedException">The provider is not supported.</exception>
    /// <remarks>
    /// <para>
    /// Several programs may call it at once, and it may be called again: the tables are made once. They are made in one transaction, so an interrupted call
    /// leaves none. Do not call it while migrations run.
    /// </para>
    /// <para>
    /// After <c>EnsureCreated()</c> it adds WorkManager's tables only. Like every database made this way, it cannot be taken over by the
    /// context's own migrations later.
    /// </para>
    /// </remarks>
    public static bool EnsureWorkManagerCreated(this DatabaseFacade database)
    {
        var isNew = CreationOf(database).Run();
        Seed(database, isNew);
        return isNew;
    }

    /// <inheritdoc cref="EnsureWorkManagerCreated"/>
    /// <param name="database">The database of a context that owns the tables.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<bool> EnsureWorkManagerCreatedAsync(this DatabaseFacade database, CancellationToken cancellationToken = default)
    {
        var isNew = await CreationOf(database).RunAsync(cancellationToken).ConfigureAwait(false);
        await SeedAsync(database, isNew, cancellationToken).ConfigureAwait(false);
        return isNew;
    }

    private static TableCreation CreationOf(DatabaseFacade database) => OwnershipOf(database) switch
    {
        MigrationOwnership.Host => new(ContextOf(database), openEngine: null),
        MigrationOwnership.Package => new(ContextOf(database), () => OpenEngine(database)),
        _ => throw LeftToOthers(database, "another context"),
    };

    private static WorkManagerDbContext OpenEngine(DatabaseFacade database)
    {
        var ownership = OwnershipOf(database);
        if (ownership != MigrationOwnership.Package)
        {
            throw LeftToOthers(database, ownership == MigrationOwnership.Host ? "its own migrations" : "another context");
        }

        // The context may have been given another connection, or another connection string, than its options have.
        var host = ContextOf(database);
        var provider = RelationalOptionsExtension.Extract(host.GetService<IDbContextOptions>()).WithConnection(database.GetDbConnection());
        return new WorkManagerDbContext(EngineContexts.OptionsFor(host, provider, interceptors: []));
    }

    private static InvalidOperationException LeftToOthers(DatabaseFacade database, string others) =>
        new($"{ContextOf(database).GetType().Name} leaves WorkManager's tables to {others}.");

    private static MigrationOwnership OwnershipOf(DatabaseFacade database)
    {
        var extension = database.GetService<IDbContextOptions>().FindExtension<WorkManagerOptionsExtension>() ?? throw new InvalidOperationException(
            $"{ContextOf(database).GetType().Name} does not use WorkManager. Call UseWorkManager() where it gets its options.");
        return ProviderNames.IsSupported(database.ProviderName) ? extension.Migrations : throw ProviderNames.NotSupported(database.ProviderName);
    }

    private static DbContext ContextOf(DatabaseFacade database) => database.GetService<ICurrentDbContext>().Context;

    // As EF Core does: each time, and with the seeder of the same kind.
    private static void Seed(DatabaseFacade database, bool isNew) =>
        database.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Seeder?.Invoke(ContextOf(database), isNew);

    private static Task SeedAsync(DatabaseFacade database, bool isNew, CancellationToken cancellationToken) =>
        database.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.AsyncSeeder?.Invoke(ContextOf(database), isNew, cancellationToken)
        ?? Task.CompletedTask;
}
