using System.Diagnostics;

namespace WorkManager.Hosting.Diagnostics;

/// <summary>The activity of the work on an item. It belongs to the trace in which the order was proposed.</summary>
internal static class WorkActivity
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Source = "WorkManager.Hosting";

    private static readonly ActivitySource Activities = new(Source);

    public static Activity? Start(WorkLease lease, string worker)
    {
        if (!Activities.HasListeners())
        {
            return null;
        }

        ActivityContext.TryParse(lease.TraceParent, null, isRemote: true, out var order);
        return Activities.StartActivity(
            "workmanager.handle", ActivityKind.Consumer, order,
            [new("workmanager.worker", worker), new("workmanager.order.type", lease.Item.OrderType), new("workmanager.item.id", lease.Item.Id)]);
    }

    public static void End(Activity? activity, WorkEnd end, Exception? failure)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag("workmanager.outcome", WorkerMetrics.NameOf(end));
        if (failure is not null)
        {
            activity.AddException(failure);
        }

        if (end is WorkEnd.Failed or WorkEnd.Lost)
        {
            activity.SetStatus(ActivityStatusCode.Error, WorkerMetrics.NameOf(end));
        }
    }
}
