using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Persistence.Schema;

namespace WorkManager.Execution;

/// <summary>Finds the dialect and the SQL for the provider of a context.</summary>
internal sealed class StoreDialects(IServiceProvider services)
{
    // EF Core reads the name from the provider's assembly at each call, which takes as long as a small statement.
    private readonly ConditionalWeakTable<IDatabaseProvider, string> names = [];

    public IStoreDialect Of(DbContext context) => Sql<IStoreDialect>(context);

    /// <summary>The time that decides leases, outside of a unit of work.</summary>
    public Task<DateTimeOffset> ReadClockAsync(WorkRows rows, WorkClock clock) => Of(rows.Db).ReadClockAsync(rows.Db, clock.Source, clock.Now());

    /// <summary>An SQL interface, such as that of a feature, for the provider of a context.</summary>
    /// <exception cref="NotSupportedException">The provider is not supported.</exception>
    public T Sql<T>(DbContext context)
        where T : notnull =>
        services.GetKeyedService<T>(NameOf(context)) ?? throw ProviderNames.NotSupported(NameOf(context));

    private string NameOf(DbContext context) => names.GetValue(context.GetService<IDatabaseProvider>(), provider => provider.Name);
}
