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
    // The keys are the host's options and the schema. A host that uses a context pool or a factory has one options object, so the engine's options are
    // built once. The schema is part of the key because a host may have one model per tenant with the same options.
    private readonly ConditionalWeakTable<IDbContextOptions, ConcurrentDictionary<string, EngineContextSource>> sources = [];

    private EngineContextSource SourceOf(DbContext host) => sources.GetValue(host.GetService<IDbContextOptions>(), _ => new(StringComparer.Ordinal))
        .GetOrAdd(SchemaOf(host) ?? "", _ => new EngineContextSource(OptionsFor(host, dialects.Of(host).EngineInterceptors)));

    /// <summary>
    /// A context on the database of a host's context. It has a connection of its own, made as the options say. If the host's context was given another
    /// connection or connection string since, or if its database is in the memory of its connection, the engine uses that connection: it reaches the
    /// database that the host's context reaches now.
    /// </summary>
    public WorkManagerDbContext Open(DbContext host)
    {
        var source = SourceOf(host);
        if (!dialects.Of(host).IsPrivate(host) && source.HasConnectionOf(host, dialects.Of(host)))
        {
            return source.Open();
        }

        var engine = source.OpenOwn();
        engine.Database.SetDbConnection(host.Database.GetDbConnection(), contextOwnsConnection: false);
        engine.IsOnGivenConnection = true;
        return engine;
    }

    /// <summary>Whether two contexts of the host's have their tables in the same place.</summary>
    public bool AreOnOneDatabase(DbContext one, DbContext other)
    {
        if (SchemaOf(one) != SchemaOf(other))
        {
            return false;
        }

        var (first, second) = (one.Database.GetDbConnection(), other.Database.GetDbConnection());
        return ReferenceEquals(first, second) || (!dialects.Of(one).IsPrivate(one) && dialects.Of(one).IsTo(first, second.DataSource, second.Database));
    }

    /// <summary>A context on the host's connection and in its transaction.</summary>
    public async Task<WorkManagerDbContext> JoinAsync(DbContext host, IDbContextTransaction transaction)
    {
        var engine = SourceOf(host).OpenOwn();
        try
        {
            engine.Database.SetDbConnection(host.Database.GetDbConnection(), contextOwnsConnection: false);
            await engine.Database.UseTransactionAsync(transaction.GetDbTransaction()).ConfigureAwait(false);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The engine's options on the database of a host's context.</summary>
    /// <param name="host">The host's context.</param>
    /// <param name="interceptors">The engine's own interceptors.</param>
    public static DbContextOptions<WorkManagerDbContext> OptionsFor(DbContext host, IEnumerable<IInterceptor> interceptors)
    {
        var hostOptions = host.GetService<IDbContextOptions>();
        var provider = RelationalOptionsExtension.Extract(hostOptions);
        if (provider is { Connection: { } given, IsConnectionOwned: true })
        {
            // The host's context owns this connection, so the engine must not close it.
            provider = provider.WithConnection(given, owned: false);
        }

        var core = hostOptions.FindExtension<CoreOptionsExtension>();

        var builder = new DbContextOptionsBuilder<WorkManagerDbContext>();
        var infrastructure = (IDbContextOptionsBuilderInfrastructure)builder;
        infrastructure.AddOrUpdateExtension(provider);
        infrastructure.AddOrUpdateExtension(WorkManagerOptionsExtension.ForEngine(SchemaOf(host)));
        // EF Core finds a data source or logger that is registered in the application through these two.
        builder.UseApplicationServiceProvider(core?.ApplicationServiceProvider);
        builder.UseLoggerFactory(core?.LoggerFactory);
        // EF Core warns about too many different context options in one process. A host may turn that warning into an error; the engine must not fail by it.
        builder.ConfigureWarnings(w => w.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning));
        builder.AddInterceptors(interceptors);
        builder.AddInterceptors(ConnectionInterceptors(core?.Interceptors ?? []));
        return builder.Options;
    }

    /// <summary>The schema of the tables; null where they have none.</summary>
    public static string? SchemaOf(DbContext host) =>
        host.GetService<IDbContextOptions>().FindExtension<WorkManagerOptionsExtension>()?.Schema ?? host.Model.GetDefaultSchema();

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
