namespace WorkManager;

/// <summary>Why an order is refused.</summary>
/// <param name="Code">A code for programs, 1 to 100 characters.</param>
/// <param name="Message">A sentence for people and agents, 1 to 2,000 characters.</param>
/// <param name="Field">Dotted path of the field that it is about, if it is about one; up to 500 characters.</param>
public sealed record RejectionReason(string Code, string Message, string? Field = null);
