using Microsoft.Extensions.DependencyInjection;
using WorkManager.Hosting.Leases;
using WorkManager.Hosting.Workers;

namespace WorkManager.Hosting.Health;

/// <summary>What the workers of this process say of themselves. There may be none: a process may have the checks alone.</summary>
internal sealed class WorkerStates(IServiceProvider services)
{
    public int FailuresInARow => services.GetService<WorkerService>()?.Workers.Select(w => w.Failures).DefaultIfEmpty().Max() ?? 0;

    public int StuckHandlers => services.GetService<LeaseKeeper>()?.StuckCount ?? 0;
}
