namespace WorkManager.Operating;

/// <summary>Asks for a comparison of all open orders with their items.</summary>
internal sealed record ReconcileRequest;
