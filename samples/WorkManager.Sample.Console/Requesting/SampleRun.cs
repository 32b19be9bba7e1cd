namespace Countries.Requesting;

/// <summary>This run of the sample, and the orders that it asked for.</summary>
internal sealed class SampleRun(TimeProvider time)
{
    private readonly List<RequestedOrder> orders = [];

    public Guid Id { get; } = Guid.CreateVersion7(time.GetUtcNow());

    public IReadOnlyList<RequestedOrder> Orders => orders;

    /// <summary>How many countries the agents have to find time zones for.</summary>
    public int Countries => orders.Sum(o => o.Codes.Count);

    /// <summary>How many results were returned, and done again.</summary>
    public int Reworked { get; set; }

    /// <summary>How many results were accepted one by one.</summary>
    public int AcceptedSingly { get; set; }

    /// <summary>Whether the generator proposed its work, and proposed it once.</summary>
    public bool HasGeneratedOnce { get; set; }

    /// <summary>Whether an approval was refused, because a row had changed that the reviewer had seen.</summary>
    public bool HasRefusedStaleReview { get; set; }

    /// <summary>Whether it was refused to put back an order whose rows have changed since.</summary>
    public bool HasRefusedReversal { get; set; }

    /// <summary>Whether an order was put back, and the row is what it was before.</summary>
    public bool HasPutBack { get; set; }

    public void Add(RequestedOrder order) => orders.Add(order);
}

/// <summary>An order that was proposed.</summary>
/// <param name="Id">The order.</param>
/// <param name="Title">What it is for.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Codes">The countries.</param>
/// <param name="IsGenerated">Whether a generator found the work, and nobody asked for it.</param>
internal sealed record RequestedOrder(Guid Id, string Title, int Priority, IReadOnlyList<string> Codes, bool IsGenerated = false);
