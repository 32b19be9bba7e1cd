using WorkManager.Execution;

namespace WorkManager.Selecting;

/// <summary>Something that can be done to each of the orders that an operator selects.</summary>
/// <typeparam name="TRequest">What is asked for of one order.</typeparam>
internal interface IOrderAction<in TRequest>
    where TRequest : IOrderRequest
{
    /// <summary>Checks the request before anything is read.</summary>
    /// <exception cref="WorkManagerException">It breaks a rule.</exception>
    void Check(TRequest request);

    /// <summary>Does it to an order that was selected, if nobody has locked it and it is still meant.</summary>
    /// <returns>Whether it was done.</returns>
    /// <exception cref="WorkManagerException">It cannot be done, or somebody has locked the order.</exception>
    Task<bool> TryAsync(OperationContext context, TRequest request, Func<WorkOrder, bool> isMeant, CancellationToken cancellationToken);
}
