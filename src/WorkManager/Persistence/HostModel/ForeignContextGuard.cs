using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Persistence.HostModel;

/// <summary>
/// Refuses a second context of the host's type inside an apply: its changes would be outside the transaction, and on SQLite it would wait for itself.
/// </summary>
internal sealed class ForeignContextGuard : DbConnectionInterceptor
{
    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        Check(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Check(eventData.Context);
        return ValueTask.FromResult(result);
    }

    private static void Check(DbContext? context)
    {
        if (context is not null && ApplyScope.Host is { } host && host != context && host.GetType() == context.GetType())
        {
            throw new WorkManagerException(
                WorkErrorCodes.ForeignContext,
                $"A second {context.GetType().Name} was opened inside an apply. Use the one that the order type gets by injection: it holds the transaction.");
        }
    }
}
