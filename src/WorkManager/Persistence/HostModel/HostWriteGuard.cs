using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Persistence.HostModel;

/// <summary>
/// Refuses changes to our entities that are saved through a host's context: they would have no audit and obey no rule. Changes to the host's governed
/// entities belong into an apply.
/// </summary>
internal sealed class HostWriteGuard : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Check(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Check(eventData.Context);
        return ValueTask.FromResult(result);
    }

    private static void Check(DbContext? context)
    {
        if (context is null)
        {
            return;
        }

        foreach (var entry in context.ChangeTracker.Entries())
        {
            if (entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)
            {
                if (ShippedModel.IsOurs(entry.Metadata.ClrType))
                {
                    throw new GovernedWriteException(entry.Metadata.ClrType.Name);
                }

                Governance.CheckSave(context, entry.Metadata);
            }
        }
    }
}
