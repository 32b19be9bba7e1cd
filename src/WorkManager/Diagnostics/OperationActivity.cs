using System.Diagnostics;

namespace WorkManager.Diagnostics;

/// <summary>The activity and measurement of one operation.</summary>
/// <remarks>
/// It begins when the order is known, back-dated to the start of the operation: its parent is the trace that the order was proposed in, so that
/// proposal, work and apply are one trace; the caller's own trace is linked.
/// </remarks>
internal sealed class OperationActivity(Telemetry telemetry, ActivitySource source, TimeProvider time, string operation, string activityName, Actor actor)
    : IDisposable
{
    private readonly long start = time.GetTimestamp();
    private readonly DateTimeOffset startTime = time.GetUtcNow();
    private readonly ActivityContext caller = Activity.Current?.Context ?? default;
    private Activity? activity;
    private bool begun;
    private string outcome = "ok";

    /// <summary>The W3C trace context to stamp rows with; the caller's if nobody listens to ours.</summary>
    public string? TraceParent
    {
        get
        {
            var context = activity?.Context ?? caller;
            return context == default
                ? null
                : $"00-{context.TraceId}-{context.SpanId}-{(context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";
        }
    }

    /// <summary>Whether there is an activity to begin: somebody listens, and it has not begun.</summary>
    public bool CanBegin => !begun && source.HasListeners();

    public void Begin(string? orderTraceParent)
    {
        if (!CanBegin)
        {
            return;
        }

        begun = true;
        var inOrder = ActivityContext.TryParse(orderTraceParent, null, isRemote: true, out var order);
        activity = source.StartActivity(
            activityName,
            ActivityKind.Internal,
            inOrder ? order : caller,
            [new("workmanager.actor.type", StateNames.ToName(actor.Type))],
            inOrder && caller != default && caller.TraceId != order.TraceId ? [new ActivityLink(caller)] : null,
            startTime);
    }

    public void Fail(Exception failure)
    {
        outcome = failure switch
        {
            WorkManagerException known => known.Code,
            OperationCanceledException => "cancelled",
            _ => "error",
        };
        Begin(null);
        activity?.SetStatus(ActivityStatusCode.Error, outcome);
        activity?.SetTag("error.type", failure is WorkManagerException ? outcome : failure.GetType().FullName);
    }

    public void Dispose()
    {
        Begin(null);
        activity?.Dispose();
        telemetry.Measure(operation, outcome, time.GetElapsedTime(start));
    }
}
