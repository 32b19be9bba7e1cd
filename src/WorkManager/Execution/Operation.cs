using WorkManager.Diagnostics;

namespace WorkManager.Execution;

/// <summary>A verb's name in traces, metrics and logs, and its rule.</summary>
internal sealed record Operation(string Name, JoinRule Join)
{
    public string ActivityName { get; } = $"{Telemetry.Name.ToLowerInvariant()}.{Name}";
}
