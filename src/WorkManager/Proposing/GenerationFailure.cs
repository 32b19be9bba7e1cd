namespace WorkManager;

/// <summary>What went wrong with a generator, or with one order that it found.</summary>
/// <param name="Generator">The name of the generator.</param>
/// <param name="Error">A refused proposal is a <see cref="WorkManagerException"/>; what a generator threw is its own exception.</param>
public sealed record GenerationFailure(string Generator, Exception Error);
