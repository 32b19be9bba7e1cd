using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Execution;

/// <summary>Builds the engine's context from the host's options: it uses the host's database and connection settings, and not the host's model.</summary>
/// <remarks>
/// The engine never writes through the host's context. That would also save the host's pending changes, and the host's interceptors, filters and
/// converters would act on WorkManager's rows.
/// </remarks>
internal sealed class EngineContexts(StoreDialects dialects)
{
    private static readonly LostTransactions LostTransactions = new();

    // The keys are the host's options and the schema. A host that uses a context pool or a factory has one options object, so the engine's options are
    // built once. The schema is part of the key because a host may have one model per tenant with the same options.
    private readonly ConditionalWeakTable<IDbContextOptions, ConcurrentDictionary<string, EngineContextSource>> sources = [];

    /// <summary>
    /// A context on the database that a host's context reaches now. It has a connection of its own, made like that of the host's context. If the host's context
    /// was given its connection, or if the database is in the memory of the connection, the engine uses the same one.
    /// </summary>
    public WorkManagerDbContext Open(DbContext host) => HasOwnConnection(host) ? OpenOwn(host) : OpenOnConnectionOf(host);

    /// <summary>The schema and the connection string of a host's context.</summary>
    public static string NameOf(DbContext host) => $"{SchemaOf(host)}\n{host.Database.GetConnectionString()}";

    /// <summary>Whether two contexts of the host's have their tables in the same place.</summary>
    public async Task<bool> AreOnOneDatabaseAsync(DbContext one, DbContext other)
    {
        if (SchemaOf(one) != SchemaOf(other))
        {
            return false;
        }

        if (ReferenceEquals(one.Database.GetDbConnection(), other.Database.GetDbConnection()))
        {
            return true;
        }

        if (dialects.Of(one).IsPrivate(one) || dialects.Of(other).IsPrivate(other))
        {
            return false;
        }

        // A place can be written in many ways, and a connection may lead elsewhere than its connection string says. Then the database is asked.
        return (GoesWhereItSays(one) && GoesWhereItSays(other) && NameOf(one) == NameOf(other))
            || await ReadPlaceAsync(one).ConfigureAwait(false) == await ReadPlaceAsync(other).ConfigureAwait(false);
    }

    /// <summary>A context on the host's connection and in its transaction.</summary>
    public async Task<WorkManagerDbContext> JoinAsync(DbContext host, IDbContextTransaction transaction)
    {
        var engine = OpenOnConnectionOf(host);
        try
        {
            await engine.Database.UseTransactionAsync(transaction.GetDbTransaction()).ConfigureAwait(false);
            engine.IsInTransaction = true;
            return engine;
        }
        catch
        {
            await engine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The engine's options on the provider of a host's context.</summary>
    /// <param name="host">The host's context.</param>
    /// <param name="provider">The settings of the provider.</param>
    /// <param name="interceptors">The engine's own interceptors.</param>
    public static DbContextOptions<WorkManagerDbContext> OptionsFor(DbContext host, RelationalOptionsExtension provider, IEnumerable<IInterceptor> interceptors)
    {
        var core = host.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>();

        var builder = new DbContextOptionsBuilder<WorkManagerDbContext>();
        var infrastructure = (IDbContextOptionsBuilderInfrastructure)builder;
        infrastructure.AddOrUpdateExtension(provider);
        infrastructure.AddOrUpdateExtension(WorkManagerOptionsExtension.ForEngine(SchemaOf(host)));
        // EF Core finds a data source or logger that is registered in the application through these two.
        builder.UseApplicationServiceProvider(core?.ApplicationServiceProvider);
        builder.UseLoggerFactory(core?.LoggerFactory);
        // EF Core warns about too many different context options in one process. A host may turn that warning into an error; the engine must not fail by it.
        // It also warns of migrations in a transaction that others began, and we begin it on purpose.
        builder.ConfigureWarnings(w => w.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning, RelationalEventId.MigrationsUserTransactionWarning));
        builder.AddInterceptors(LostTransactions);
        builder.AddInterceptors(interceptors);
        builder.AddInterceptors(ConnectionInterceptors(InterceptorsOf(host)));
        return builder.Options;
    }

    /// <summary>The schema of the tables; null where they have none.</summary>
    public static string? SchemaOf(DbContext host) =>
        host.GetService<IDbContextOptions>().FindExtension<WorkManagerOptionsExtension>()?.Schema ?? host.Model.GetDefaultSchema();

    private bool HasOwnConnection(DbContext host) => !dialects.Of(host).IsPrivate(host) && CreatedConnections.HasOwn(host);

    // A connection that was given has a session whose settings nobody knows. An interceptor may change a connection when it is opened.
    private bool GoesWhereItSays(DbContext host) =>
        HasOwnConnection(host) && !InterceptorsOf(host).Any(i => i is IDbConnectionInterceptor);

    private static IEnumerable<IInterceptor> InterceptorsOf(DbContext host) =>
        host.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Interceptors ?? [];

    private WorkManagerDbContext OpenOwn(DbContext host)
    {
        var engine = SourceOf(host).Rent();
        try
        {
            dialects.Of(host).Connect(engine, host.Database);
        }
        catch
        {
            engine.Dispose();
            throw;
        }

        (engine.IsOnGivenConnection, engine.IsInTransaction, engine.DatabaseName) = (false, false, NameOf(host));
        return engine;
    }

    private WorkManagerDbContext OpenOnConnectionOf(DbContext host)
    {
        var engine = SourceOf(host).Create();
        engine.Database.SetDbConnection(host.Database.GetDbConnection(), contextOwnsConnection: false);
        (engine.IsOnGivenConnection, engine.DatabaseName) = (true, NameOf(host));
        return engine;
    }

    private async Task<string> ReadPlaceAsync(DbContext host)
    {
        // A second connection beside that of the transaction may not be had: the pool may have no other one.
        var engine = host.Database.CurrentTransaction is { } transaction ? await JoinAsync(host, transaction).ConfigureAwait(false) : Open(host);
        await using (engine.ConfigureAwait(false))
        {
            return await dialects.Of(engine).ReadPlaceAsync(engine, host.Model).ConfigureAwait(false);
        }
    }

    private EngineContextSource SourceOf(DbContext host) => sources.GetValue(host.GetService<IDbContextOptions>(), _ => new(StringComparer.Ordinal))
        .GetOrAdd(SchemaOf(host) ?? "", _ => new EngineContextSource(OptionsFor(host, dialects.Of(host))));

    private static DbContextOptions<WorkManagerDbContext> OptionsFor(DbContext host, IStoreDialect dialect)
    {
        var settings = RelationalOptionsExtension.Extract(host.GetService<IDbContextOptions>());
        return OptionsFor(host, dialect.WithoutConnection(settings, host.Database.GetDbConnection()), dialect.EngineInterceptors);
    }

    // Connection and transaction interceptors of the host must run: hosts set access tokens and session settings by them. No other interceptor may.
    private static IEnumerable<IInterceptor> ConnectionInterceptors(IEnumerable<IInterceptor> interceptors)
    {
        foreach (var interceptor in interceptors)
        {
            if (interceptor is IDbConnectionInterceptor)
            {
                yield return OneInterface<IDbConnectionInterceptor>.Of(interceptor);
            }

            if (interceptor is IDbTransactionInterceptor)
            {
                yield return OneInterface<IDbTransactionInterceptor>.Of(interceptor);
            }
        }
    }
}
