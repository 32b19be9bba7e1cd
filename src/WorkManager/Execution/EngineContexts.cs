using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Execution;

/// <summary>Builds the engine's context from the host's options: the same database, and nothing else of the host's.</summary>
/// <remarks>
/// The engine never writes through the host's context: that would flush what the host has pending, and let the host's interceptors,
/// filters and converters act on our rows.
/// </remarks>
internal sealed class EngineContexts(StoreDialects dialects)
{
    // By the host's options, which a pool or factory of the host's has one of: then what is built from them is built once. And by schema: models may
    // differ by tenant where options do not.
    private readonly ConditionalWeakTable<IDbContextOptions, ConcurrentDictionary<string, EngineContextSource>> sources = [];

    /// <summary>Where the engine's contexts on the database of a host's context come from.</summary>
    public EngineContextSource SourceOf(DbContext host) => sources.GetValue(host.GetService<IDbContextOptions>(), _ => new(StringComparer.Ordinal))
        .GetOrAdd(SchemaOf(host) ?? "", _ => new EngineContextSource(OptionsFor(host, dialects.Of(host).EngineInterceptors)));

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
    /// <param name="interceptors">The engine's own.</param>
    public static DbContextOptions<WorkManagerDbContext> OptionsFor(DbContext host, IEnumerable<IInterceptor> interceptors)
    {
        var hostOptions = host.GetService<IDbContextOptions>();
        var provider = RelationalOptionsExtension.Extract(hostOptions);
        if (provider is { Connection: { } given, IsConnectionOwned: true })
        {
            // What a host gave away to its context is not the engine's to close.
            provider = provider.WithConnection(given, owned: false);
        }

        var core = hostOptions.FindExtension<CoreOptionsExtension>();

        var builder = new DbContextOptionsBuilder<WorkManagerDbContext>();
        var infrastructure = (IDbContextOptionsBuilderInfrastructure)builder;
        infrastructure.AddOrUpdateExtension(provider);
        infrastructure.AddOrUpdateExtension(WorkManagerOptionsExtension.ForEngine(SchemaOf(host)));
        // A data source or logger registered with the application is found through these two.
        builder.UseApplicationServiceProvider(core?.ApplicationServiceProvider);
        builder.UseLoggerFactory(core?.LoggerFactory);
        // Whether there are too many kinds of contexts in the process is between EF Core and the host: no reason for ours to fail.
        builder.ConfigureWarnings(w => w.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning));
        builder.AddInterceptors(interceptors);
        builder.AddInterceptors(ConnectionInterceptors(core?.Interceptors ?? []));
        return builder.Options;
    }

    private static string? SchemaOf(DbContext host) =>
        host.GetService<IDbContextOptions>().FindExtension<WorkManagerOptionsExtension>()?.Schema ?? host.Model.GetDefaultSchema();

    // Access tokens and session settings come by connection interceptors: those must act. Everything else of the host's must not.
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
