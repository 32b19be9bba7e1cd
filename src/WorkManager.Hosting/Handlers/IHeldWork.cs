namespace WorkManager.Hosting.Handlers;

/// <summary>Work that is held: a lease, or what a test makes up.</summary>
internal interface IHeldWork
{
    LeaseToken Token { get; }

    Guid OrderId { get; }

    string TenantId { get; }

    int Attempt { get; }

    IReadOnlyList<WorkFailure> EarlierFailures { get; }

    WorkStopReason? StopReason { get; }

    /// <summary>In percent; null if nothing was reported.</summary>
    int? Progress { set; }
}
