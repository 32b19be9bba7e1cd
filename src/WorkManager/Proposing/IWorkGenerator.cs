namespace WorkManager;

/// <summary>
/// Finds work that has to be done, such as products without a description. <see cref="IWorkMaintenance.GenerateAsync"/> proposes it.
/// </summary>
/// <remarks>
/// Registered with <c>AddGenerator</c>. Each run resolves it from a scope of its own, so it may take scoped services such as the host's context.
/// </remarks>
public interface IWorkGenerator
{
    /// <summary>The name under which it stands in the provenance of its orders, and in what is logged.</summary>
    /// <value>The name of the class by default.</value>
    string Name => GetType().Name;

    /// <summary>Finds the work. What is found is proposed in batches, while it goes on.</summary>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>
    /// The orders to propose. Give each a <see cref="ProposeOptions.UniqueKey"/>: the same work is found again by the next run, as long as nobody has done it.
    /// </returns>
    IAsyncEnumerable<GeneratedOrder> FindWorkAsync(CancellationToken cancellationToken);
}
