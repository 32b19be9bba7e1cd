namespace WorkManager.OrderTypes.Validation;

/// <summary>One member of a type.</summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Contract">What is asked of its value.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="ReadOnly">Whether reading passes over it: a computed property that the type writes and does not read back.</param>
internal sealed record JsonPropertyContract(string Name, JsonContract Contract, bool Required, bool ReadOnly);
