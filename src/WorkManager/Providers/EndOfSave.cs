using Microsoft.EntityFrameworkCore.Storage;

namespace WorkManager.Providers;

/// <summary>What a command does after it has written the rows of a unit: it asks the database something, in the same round trip.</summary>
/// <param name="Command">The statements.</param>
/// <param name="Values">The values of their parameters.</param>
internal sealed record EndOfSave(IRelationalCommand Command, IReadOnlyDictionary<string, object?> Values);
