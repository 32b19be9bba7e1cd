using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WorkManager.Hosting.Health;

/// <summary>Whether the workers of this process run, and none of their handlers hangs.</summary>
/// <remarks>It asks nobody else: a database that is away is no reason to restart.</remarks>
internal sealed class WorkLiveCheck(WorkerStates workers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        workers.StuckHandlers > 0
            ? HealthCheckResult.Degraded($"{workers.StuckHandlers} handlers do not stop although they were asked to. Each takes one of its worker's places.")
            : HealthCheckResult.Healthy("The workers run."));
}
