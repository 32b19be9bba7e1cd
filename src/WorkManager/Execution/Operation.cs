using WorkManager.Diagnostics;

namespace WorkManager.Execution;

/// <summary>A verb's name in traces, metrics and logs, and what it does with a caller's transaction.</summary>
internal sealed record Operation(string Name, JoinRule Join)
{
    public string ActivityName { get; } = $"{Telemetry.Name.ToLowerInvariant()}.{Name}";
}
