namespace WorkManager;

/// <summary>One page of a longer list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The page.</param>
/// <param name="Next">The cursor of the next page; null at the end. Opaque.</param>
public sealed record WorkPage<T>(IReadOnlyList<T> Items, string? Next);
