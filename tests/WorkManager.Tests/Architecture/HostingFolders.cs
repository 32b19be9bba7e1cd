namespace WorkManager.Tests.Architecture;

/// <summary>The folders of the package with the workers.</summary>
public sealed class HostingFolders() : FolderRules(SourceTree.Hosting)
{
    protected override IReadOnlyList<(string Folder, string[] MayUse)> Layers { get; } =
    [
        ("Timing", []),
        ("Diagnostics", []),
        // What a user's handler sees, and what a worker sees of a handler.
        ("Handlers", []),
        ("Testing", ["Handlers"]),
        ("Leases", ["Handlers", "Timing"]),
        ("Results", ["Handlers", "Leases", "Timing"]),
        ("Workers", ["Diagnostics", "Handlers", "Leases", "Results", "Timing"]),
        ("Maintenance", ["Timing"]),
        ("Health", ["Leases", "Workers"]),
        ("DependencyInjection", ["Diagnostics", "Handlers", "Health", "Leases", "Maintenance", "Workers"]),
    ];

    /// <summary>A scan that has gone blind would find every rule kept.</summary>
    [Theory]
    [InlineData("Workers", "Leases", "WorkManager.Hosting.Workers.Worker", "WorkManager.Hosting.Leases.LeaseKeeper")]
    [InlineData("Results", "Timing", "WorkManager.Hosting.Results.Batcher`1", "WorkManager.Hosting.Timing.Outage")]
    [InlineData("Workers", "Handlers", "src/WorkManager.Hosting/Workers/WorkerService.cs", "WorkStopReason.Draining")]
    public void The_scan_sees_uses_that_are_there(string from, string to, string user, string used) =>
        Assert.Contains(new FolderUse(from, to, user, used), SourceTree.Hosting.Uses);
}
