using WorkManager.OrderTypes;

namespace WorkManager.Submitting;

/// <param name="Lease">What the caller shows.</param>
/// <param name="Result">The result as it came in.</param>
/// <param name="Options">What else was said.</param>
/// <param name="Granted">The lease with its item, if the caller has it: then nothing need be read for the check.</param>
internal sealed record SubmitRequest(LeaseToken Lease, IncomingDocument Result, SubmitOptions Options, WorkLease? Granted = null)
{
    /// <summary>Whether a batch has no result in this place.</summary>
    public bool IsMissing { get; private init; }

    /// <summary>The place of a batch where there is no result.</summary>
    public static SubmitRequest Missing(IncomingDocument fault) => new(default, fault, new SubmitOptions()) { IsMissing = true };
}
