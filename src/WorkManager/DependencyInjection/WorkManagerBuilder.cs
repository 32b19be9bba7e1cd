using Microsoft.Extensions.DependencyInjection;

namespace WorkManager.DependencyInjection;

internal sealed class WorkManagerBuilder(IServiceCollection services) : IWorkManagerBuilder
{
    public IServiceCollection Services { get; } = services;
}
