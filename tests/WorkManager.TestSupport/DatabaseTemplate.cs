using System.Collections.Concurrent;

namespace WorkManager.TestSupport;

/// <summary>
/// A prepared database that tests get copies of. Keep it in a <c>static readonly</c> field: the instance is the key, and
/// <paramref name="prepare"/> runs once per provider and process, however many tests ask for a copy.
/// </summary>
/// <param name="prepare">Fills the database, for instance by migrating it.</param>
public sealed class DatabaseTemplate(Func<TestDatabase, Task> prepare)
{
    private readonly ConcurrentDictionary<Provider, Lazy<Task<TestDatabase>>> prepared = new();

    /// <summary>An empty database.</summary>
    public static DatabaseTemplate Empty { get; } = new(_ => Task.CompletedTask);

    internal Task<TestDatabase> GetOrPrepareAsync(Provider provider, Func<Task<TestDatabase>> create) =>
        prepared.GetOrAdd(provider, _ => new(async () =>
        {
            var database = await create();
            await prepare(database);
            await database.SealAsync();
            return database;
        })).Value;
}
