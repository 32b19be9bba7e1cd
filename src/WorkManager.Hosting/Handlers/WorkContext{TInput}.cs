using WorkManager.Hosting.Handlers;

namespace WorkManager;

/// <summary>An item that a handler works on.</summary>
/// <typeparam name="TInput">The input of the order type.</typeparam>
public sealed class WorkContext<TInput> : WorkContext
    where TInput : notnull
{
    internal WorkContext(IHeldWork held, TInput input)
        : base(held) => Input = input;

    /// <summary>What is to be done.</summary>
    public TInput Input { get; }
}
