namespace WorkManager;

/// <summary>The duties that keep work flowing. Each method does its duty once; run them on a schedule.</summary>
public interface IWorkMaintenance
{
    /// <summary>
    /// Takes back every lease that has run out: the item returns to the queue after a pause, or fails once its attempts are used up.
    /// </summary>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>How many leases were taken back.</returns>
    Task<int> ReclaimExpiredAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Approves every submitted order whose type has <see cref="OrderType.AutoApprove"/> and that is not approved yet: because the process died after the last
    /// result, because that result was part of a transaction of yours, or because an earlier try failed. A try that fails is repeated after
    /// <see cref="RetryOptions.Backoff"/>, doubled with each failure; <see cref="WorkOrder.ReadError"/> says what failed last.
    /// </summary>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>How many orders were approved. Orders of types that this process does not know are left to others.</returns>
    Task<int> ApproveDueAsync(CancellationToken cancellationToken = default);

    /// <summary>Checks that the database has the tables of this version.</summary>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>A task that ends with the check.</returns>
    /// <exception cref="WorkManagerSchemaException">Tables or columns are missing; the message names the command to run.</exception>
    Task CheckSchemaAsync(CancellationToken cancellationToken = default);
}
