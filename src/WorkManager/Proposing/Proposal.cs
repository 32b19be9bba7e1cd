namespace WorkManager;

/// <summary>One order of a batch of proposals.</summary>
/// <typeparam name="TPayload">The payload of exactly one registered order type.</typeparam>
/// <param name="Payload">What is asked for.</param>
/// <param name="Options">Priority and the like.</param>
public sealed record Proposal<TPayload>(TPayload Payload, ProposeOptions? Options = null)
    where TPayload : notnull;
