namespace WorkManager;

/// <summary>The duties that keep work flowing. Each method does its duty once; run them on a schedule.</summary>
/// <remarks>
/// A singleton. Each duty serves all tenants of a database, and runs in a scope of its own: where a scoped service chooses the database, call <see cref="In"/>
/// for each.
/// </remarks>
public interface IWorkMaintenance
{
    /// <summary>The same duties on the database that a scope of yours has chosen.</summary>
    /// <param name="scope">The scope. What <c>CarryScope</c> names is carried from it into the scopes in which orders are applied.</param>
    /// <returns>The duties, as long as the scope lives.</returns>
    IWorkMaintenance In(IServiceProvider scope);

    /// <summary>
    /// Takes back every lease that has run out: the item returns to the queue after a pause, or fails once its attempts are used up.
    /// </summary>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>How many leases were taken back.</returns>
    Task<int> ReclaimExpiredAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Approves every submitted order whose type had <see cref="OrderType.AutoApprove"/> when it was proposed, still has it, and that is not approved yet:
    /// because the process died after the last result, because that result was part of a transaction of yours, or because an earlier try failed. A try that
    /// fails is repeated after <see cref="RetryOptions.Backoff"/>, doubled with each failure; <see cref="WorkOrder.ReadError"/> says what failed last.
    /// It may run in many processes at once: each order is tried by one of them.
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
