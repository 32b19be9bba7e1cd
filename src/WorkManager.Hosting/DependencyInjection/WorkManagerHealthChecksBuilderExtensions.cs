using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using WorkManager;
using WorkManager.Hosting.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health checks of WorkManager.</summary>
public static class WorkManagerHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds two checks. <c>workmanager</c>, with the tag <c>ready</c>: unhealthy if the database does not answer, its tables are missing, or workers could not
    /// ask for work; degraded if items or leases that have run out are left lying. <c>workmanager-workers</c>, with the tag <c>live</c>: degraded if a handler
    /// does not stop although it was asked to; it does not ask the database.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets limits; they are checked when the host starts.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddWorkManager(this IHealthChecksBuilder builder, Action<WorkHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<WorkHealthOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkHealthOptions>, WorkHealthOptionsValidator>());
        builder.Services.TryAddSingleton<WorkerStates>();
        return builder.AddCheck<WorkReadyCheck>("workmanager", tags: ["ready"]).AddCheck<WorkLiveCheck>("workmanager-workers", tags: ["live"]);
    }
}
