using WorkManager.Load.Measuring;

namespace WorkManager.Load.Systems;

/// <summary>Names of the steps, the same for all systems.</summary>
internal static class Step
{
    public const string Propose = "propose";
    public const string Checkout = "checkout";
    public const string Submit = "submit";
    public const string Fail = "fail";
    public const string Release = "release";
    public const string Approve = "approve";
    public const string Heartbeat = "heartbeat";
}

/// <summary>What is asked of the library's interface, one method per operation.</summary>
internal static class WorkManagerCallers
{
    /// <summary>Works on one item per call.</summary>
    public static ICaller Single(WorkManagerHost host)
    {
        var agent = host.Agent;
        return new Caller(async steps =>
        {
            var lease = await Deadlocks.RetryAsync(() => agent.CheckoutAsync()) ?? throw QueueIsEmpty();
            steps.Mark(Step.Checkout);
            await Deadlocks.RetryAsync(() => agent.SubmitAsync(lease, Documents.ResultValue));
            steps.Mark(Step.Submit);
            return 1;
        });
    }

    /// <summary>Works on a batch of items per call.</summary>
    public static ICaller Batch(WorkManagerHost host, int size)
    {
        var agent = host.Agent;
        return new Caller(async steps =>
        {
            var leases = await Deadlocks.RetryAsync(() => agent.CheckoutManyAsync(size));
            if (leases.Count == 0)
            {
                throw QueueIsEmpty();
            }

            steps.Mark(Step.Checkout);
            await Batches.SubmitAsync(agent, leases, Documents.ResultValue);
            steps.Mark(Step.Submit);
            return leases.Count;
        });
    }

    /// <summary>Proposes orders, all in one call.</summary>
    public static ICaller Propose(WorkManagerHost host, int orders, int items)
    {
        var requester = host.As(Actor.User(Documents.Requester));
        var payloads = Enumerable.Repeat(Documents.OrderValue(items), orders).ToList();
        return new Caller(async steps =>
        {
            await Batches.ProposeAsync(requester, payloads);
            steps.Mark(Step.Propose);
            return orders * items;
        });
    }

    /// <summary>Takes an order of one item from its proposal to the host's data.</summary>
    public static ICaller Life(WorkManagerHost host)
    {
        var requester = host.As(Actor.User(Documents.Requester));
        var agent = host.Agent;
        var reviewer = host.As(Actor.User(Documents.Reviewer));
        var payload = Documents.OrderValue(1);
        return new Caller(async steps =>
        {
            await requester.ProposeAsync(payload);
            steps.Mark(Step.Propose);
            // There is one item for each caller. A claim that is overtaken may still find nothing: others have taken what it saw when it began,
            // and what they have left was proposed since.
            WorkLease? lease;
            do
            {
                lease = await Deadlocks.RetryAsync(() => agent.CheckoutAsync());
            }
            while (lease is null);
            steps.Mark(Step.Checkout);
            await Deadlocks.RetryAsync(() => agent.SubmitAsync(lease, Documents.ResultValue));
            steps.Mark(Step.Submit);
            await reviewer.ApproveAsync(lease.OrderId);
            steps.Mark(Step.Approve);
            return 1;
        });
    }

    /// <summary>Takes one item, and leaves it at that.</summary>
    public static ICaller Claim(WorkManagerHost host)
    {
        var agent = host.Agent;
        return new Caller(async steps =>
        {
            _ = await Deadlocks.RetryAsync(() => agent.CheckoutAsync()) ?? throw QueueIsEmpty();
            steps.Mark(Step.Checkout);
            return 1;
        });
    }

    /// <summary>Submits what was leased before, one per call.</summary>
    public static ICaller Submit(WorkManagerHost host, IEnumerable<WorkLease> leases) =>
        End(host, Step.Submit, leases, (agent, lease) => agent.SubmitAsync(lease, Documents.ResultValue));

    /// <summary>Fails what was leased before, one per call: it is tried again later.</summary>
    public static ICaller Fail(WorkManagerHost host, IEnumerable<WorkLease> leases) =>
        End(host, Step.Fail, leases, (agent, lease) => agent.FailAsync(lease.Token, Documents.Failure));

    /// <summary>Gives back what was leased before, one per call.</summary>
    public static ICaller Release(WorkManagerHost host, IEnumerable<WorkLease> leases) =>
        End(host, Step.Release, leases, (agent, lease) => agent.ReleaseAsync(lease.Token));

    /// <summary>Fails what was leased before, a batch per call.</summary>
    public static ICaller FailBatches(WorkManagerHost host, IEnumerable<WorkLease[]> batches) =>
        EndBatches(host, Step.Fail, batches, Batches.FailAsync);

    /// <summary>Gives back what was leased before, a batch per call.</summary>
    public static ICaller ReleaseBatches(WorkManagerHost host, IEnumerable<WorkLease[]> batches) =>
        EndBatches(host, Step.Release, batches, Batches.ReleaseAsync);

    /// <summary>Submits what was leased before, a batch per call, of which some results are refused.</summary>
    public static ICaller SubmitBatches(WorkManagerHost host, IEnumerable<WorkLease[]> batches, int refused) =>
        EndBatches(host, Step.Submit, batches, (agent, batch) => Batches.SubmitAsync(agent, batch, Documents.ResultValue, refused));

    /// <summary>Extends leases that were taken before, a batch per call.</summary>
    public static ICaller Heartbeat(WorkManagerHost host, IEnumerable<WorkLease[]> batches)
    {
        var agent = host.Agent;
        var rest = new Queue<WorkLease[]>(batches);
        return new Caller(async steps =>
        {
            var batch = rest.Dequeue();
            await Batches.HeartbeatAsync(agent, batch);
            steps.Mark(Step.Heartbeat);
            return batch.Length;
        });
    }

    /// <summary>Leases all that is in the queue.</summary>
    public static async Task<List<WorkLease>> LeaseAllAsync(WorkManagerHost host)
    {
        const int most = 1000;
        var leases = new List<WorkLease>();
        while (await host.Agent.CheckoutManyAsync(most) is { Count: > 0 } more)
        {
            leases.AddRange(more);
        }

        return leases;
    }

    private static Caller End(WorkManagerHost host, string step, IEnumerable<WorkLease> leases, Func<IWorkOrderManager, WorkLease, Task<WorkItem>> end)
    {
        var agent = host.Agent;
        var rest = new Queue<WorkLease>(leases);
        return new Caller(async steps =>
        {
            var lease = rest.Dequeue();
            await Deadlocks.RetryAsync(() => end(agent, lease));
            steps.Mark(step);
            return 1;
        });
    }

    private static Caller EndBatches(WorkManagerHost host, string step, IEnumerable<WorkLease[]> batches, Func<IWorkOrderManager, WorkLease[], Task> end)
    {
        var agent = host.Agent;
        var rest = new Queue<WorkLease[]>(batches);
        return new Caller(async steps =>
        {
            var batch = rest.Dequeue();
            await end(agent, batch);
            steps.Mark(step);
            return batch.Length;
        });
    }

    private static InvalidOperationException QueueIsEmpty() => new("The queue is empty.");
}
