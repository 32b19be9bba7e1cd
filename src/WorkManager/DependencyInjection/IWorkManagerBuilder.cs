using Microsoft.Extensions.DependencyInjection;

namespace WorkManager;

/// <summary>Configures WorkManager; see the extension methods in <c>Microsoft.Extensions.DependencyInjection</c>.</summary>
public interface IWorkManagerBuilder
{
    /// <summary>The services that are configured.</summary>
    IServiceCollection Services { get; }
}
