namespace WorkManager;

/// <summary>Gives out managers where there is no scope, such as in a hosted service.</summary>
/// <remarks>
/// A singleton. Each operation of its managers runs in a scope of its own, so they join no transaction unless told to by <see cref="IWorkOrderManager.In"/>.
/// </remarks>
public interface IWorkOrderManagerFactory
{
    /// <summary>Creates a manager.</summary>
    /// <param name="actor">Who acts.</param>
    /// <returns>The manager.</returns>
    IWorkOrderManager Create(Actor actor);
}
