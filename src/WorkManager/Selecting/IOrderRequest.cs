namespace WorkManager.Selecting;

/// <summary>What an operator asks for, of one order.</summary>
internal interface IOrderRequest
{
    Guid OrderId { get; }
}
