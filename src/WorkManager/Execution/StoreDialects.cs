using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace WorkManager.Execution;

/// <summary>Finds what belongs to the provider of a context.</summary>
internal sealed class StoreDialects(IServiceProvider services)
{
    // EF Core reads the name from the provider's assembly at each call, which takes as long as a small statement.
    private readonly ConditionalWeakTable<IDatabaseProvider, string> names = [];

    public IStoreDialect Of(DbContext context) => Sql<IStoreDialect>(context);

    /// <summary>A verb's SQL for the provider of a context.</summary>
    public T Sql<T>(DbContext context)
        where T : notnull =>
        services.GetKeyedService<T>(NameOf(context)) ?? throw new NotSupportedException(
            $"WorkManager does not support the database provider '{NameOf(context)}'. It supports SQLite and PostgreSQL.");

    private string NameOf(DbContext context) => names.GetValue(context.GetService<IDatabaseProvider>(), provider => provider.Name);
}
