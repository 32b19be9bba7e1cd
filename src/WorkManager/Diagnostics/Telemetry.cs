using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace WorkManager.Diagnostics;

/// <summary>The activity source and the meter.</summary>
/// <remarks>Tags are bounded: operation, outcome, kind of actor. Ids are on activities only; payloads are recorded nowhere.</remarks>
internal sealed class Telemetry
{
    /// <summary>The name of both.</summary>
    public const string Name = "WorkManager";

    private static readonly ActivitySource Source = new(Name);

    private readonly TimeProvider time;
    private readonly Histogram<double> duration;
    private readonly Counter<long> leased;
    private readonly Counter<long> expired;

    public Telemetry(TimeProvider time, IMeterFactory? meters = null)
    {
        this.time = time;
        var meter = meters?.Create(Name) ?? new Meter(Name);
        duration = meter.CreateHistogram<double>("workmanager.operation.duration", "s", "How long operations take.");
        leased = meter.CreateCounter<long>("workmanager.lease.granted", "{lease}", "Leases granted.");
        expired = meter.CreateCounter<long>("workmanager.lease.expired", "{lease}", "Leases taken back because they ran out.");
    }

    /// <summary>Whether anybody in this process looks at traces.</summary>
    public static bool IsTracing => Source.HasListeners() || Activity.Current is not null;

    public OperationActivity Start(string operation, string activityName, Actor actor) => new(this, Source, time, operation, activityName, actor);

    public void CountLeases(int count) => leased.Add(count);

    public void CountExpired(int count) => expired.Add(count);

    public void Measure(string operation, string outcome, TimeSpan elapsed) =>
        duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("operation", operation), new KeyValuePair<string, object?>("outcome", outcome));
}
