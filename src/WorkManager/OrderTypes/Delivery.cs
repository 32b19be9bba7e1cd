namespace WorkManager.OrderTypes;

/// <summary>A message to be delivered after the commit.</summary>
/// <param name="MessageType">The kind of message.</param>
/// <param name="FindHandlers">Finds what handles it in a scope: one call for each handler.</param>
internal sealed record Delivery(Type MessageType, Func<IServiceProvider, IReadOnlyList<Func<CancellationToken, Task>>> FindHandlers);
