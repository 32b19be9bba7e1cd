namespace WorkManager.OrderTypes;

/// <summary>A message to be delivered after the commit.</summary>
/// <param name="MessageType">The kind of message.</param>
/// <param name="DeliverAsync">Calls its handlers, and returns whether there were any.</param>
internal sealed record Delivery(Type MessageType, Func<IServiceProvider, CancellationToken, Task<bool>> DeliverAsync);
