using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using WorkManager.Hosting.Diagnostics;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what WorkManager measures and traces to OpenTelemetry.</summary>
public static class WorkManagerOpenTelemetryExtensions
{
    private const string Core = "WorkManager";

    /// <summary>Adds the activities of operations and of handlers.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static TracerProviderBuilder AddWorkManagerInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(Core, WorkActivity.Source);
    }

    /// <summary>Adds the metrics of operations, workers and the queue.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static MeterProviderBuilder AddWorkManagerInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(Core, WorkActivity.Source);
    }
}
