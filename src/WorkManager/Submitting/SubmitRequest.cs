using System.Text.Json;

namespace WorkManager.Submitting;

/// <param name="Lease">What the caller shows.</param>
/// <param name="Result">The result as it came in.</param>
/// <param name="Options">What else was said.</param>
/// <param name="Granted">The lease with its item, if the caller has it: then nothing need be read for the check.</param>
internal sealed record SubmitRequest(LeaseToken Lease, JsonElement Result, SubmitOptions Options, WorkLease? Granted = null);
