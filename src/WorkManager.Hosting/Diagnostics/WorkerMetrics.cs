using System.Diagnostics.Metrics;

namespace WorkManager.Hosting.Diagnostics;

/// <summary>What workers measure. Tags are bounded: the worker's name, and how the work ended.</summary>
internal sealed class WorkerMetrics
{
    private readonly Histogram<double> timeInLease;
    private readonly UpDownCounter<long> inWork;

    public WorkerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(WorkActivity.Source);
        timeInLease = meter.CreateHistogram<double>("workmanager.worker.duration", "s", "How long an item was leased, until what came of it was stored.");
        inWork = meter.CreateUpDownCounter<long>("workmanager.worker.in_work", "{item}", "Items that are leased by workers of this process.");
    }

    public static string NameOf(WorkEnd end) => end switch
    {
        WorkEnd.Submitted => "submitted",
        WorkEnd.Failed => "failed",
        WorkEnd.Snoozed => "snoozed",
        WorkEnd.HandedBack => "handed_back",
        _ => "lost",
    };

    public void Leased(string worker, int count) => inWork.Add(count, new KeyValuePair<string, object?>("worker", worker));

    public void Handled(string worker, WorkEnd end, TimeSpan held) =>
        timeInLease.Record(held.TotalSeconds, new("worker", worker), new("outcome", NameOf(end)));
}
