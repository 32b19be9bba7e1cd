namespace Countries.Requesting;

/// <summary>This run of the sample, and the orders that it asked for.</summary>
internal sealed class SampleRun(TimeProvider time)
{
    private readonly List<RequestedOrder> orders = [];

    public Guid Id { get; } = Guid.CreateVersion7(time.GetUtcNow());

    public IReadOnlyList<RequestedOrder> Orders => orders;

    /// <summary>How many countries the agents have to find time zones for.</summary>
    public int Countries => orders.Sum(o => o.Codes.Count);

    public void Add(RequestedOrder order) => orders.Add(order);
}

/// <summary>An order that was proposed.</summary>
/// <param name="Id">The order.</param>
/// <param name="Title">What it is for.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Codes">The countries.</param>
internal sealed record RequestedOrder(Guid Id, string Title, int Priority, IReadOnlyList<string> Codes);
