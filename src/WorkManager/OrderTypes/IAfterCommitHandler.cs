namespace WorkManager;

/// <summary>Gets the messages that an apply sent once its change is committed.</summary>
/// <typeparam name="TMessage">The kind of message.</typeparam>
/// <remarks>Register it with the container. It runs in a scope of its own. An exception is logged, and the change stays committed.</remarks>
public interface IAfterCommitHandler<in TMessage>
    where TMessage : notnull
{
    /// <summary>Handles a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Cancels the handling.</param>
    /// <returns>A task that ends with the handling.</returns>
    Task HandleAsync(TMessage message, CancellationToken cancellationToken);
}
