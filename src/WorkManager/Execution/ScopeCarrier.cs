namespace WorkManager.Execution;

/// <summary>Copies what the scope of a call holds, such as the tenant of a request, into a scope that WorkManager makes for the call.</summary>
/// <param name="Copy">Copies from the first scope to the second.</param>
internal sealed record ScopeCarrier(Action<IServiceProvider, IServiceProvider> Copy);
