using System.Text.Json.Serialization;

namespace WorkManager;

/// <summary>One result of a batch of results.</summary>
/// <typeparam name="TResult">The result of the item's order type.</typeparam>
/// <param name="Lease">The lease.</param>
/// <param name="Result">The result.</param>
/// <param name="Options">Evidence and notes for the audit trail.</param>
[method: JsonConstructor]
public sealed record Submission<TResult>(LeaseToken Lease, TResult Result, SubmitOptions? Options = null)
    where TResult : notnull
{
    private readonly WorkLease? granted;

    /// <summary>A result for an item as it was leased: it need not be read again for the check.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="result">The result.</param>
    /// <param name="options">Evidence and notes for the audit trail.</param>
    public Submission(WorkLease lease, TResult result, SubmitOptions? options = null)
        : this((lease ?? throw new ArgumentNullException(nameof(lease))).Token, result, options) => granted = lease;

    // A copy of this record may have another lease. Then this one does not belong to it.
    internal WorkLease? Granted => granted?.Token == Lease ? granted : null;
}
