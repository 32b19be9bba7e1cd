namespace WorkManager.Applying;

/// <summary>All orders whose time has come.</summary>
internal sealed record ApproveDueRequest;
