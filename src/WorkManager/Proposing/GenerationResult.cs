namespace WorkManager;

/// <summary>What came of a run of the generators.</summary>
/// <param name="Proposed">How many orders were proposed; in a dry run, how many would be.</param>
/// <param name="AlreadyOpen">How many were left out, because an open order has their unique key.</param>
/// <param name="OrderIds">The orders that were proposed. A dry run has none.</param>
/// <param name="Failures">What went wrong. It did not stop the rest.</param>
public sealed record GenerationResult(int Proposed, int AlreadyOpen, IReadOnlyList<Guid> OrderIds, IReadOnlyList<GenerationFailure> Failures);
