using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Persistence.HostModel;

/// <summary>
/// Remembers which connections EF Core made for a context. All others were given to it, by its options or since: they may be open, hold a transaction, or have
/// settings of a session.
/// </summary>
internal sealed class CreatedConnections : DbConnectionInterceptor
{
    // The context belongs to it because a connection that was made for one context may be given to another one.
    private static readonly ConditionalWeakTable<DbConnection, DbContext> Contexts = [];

    /// <summary>Whether EF Core made the connection that a context has now.</summary>
    public static bool HasOwn(DbContext context) =>
        Contexts.TryGetValue(context.Database.GetDbConnection(), out var madeFor) && madeFor == context;

    public override DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
    {
        if (eventData.Context is { } context)
        {
            Contexts.AddOrUpdate(result, context);
        }

        return result;
    }
}
