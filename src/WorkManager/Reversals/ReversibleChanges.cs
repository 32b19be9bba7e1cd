using System.Data.Common;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Changes;

namespace WorkManager.Reversals;

/// <summary>Keeps what an apply changes, over all of its saves, with all that is needed to put it back; or the first reason why that is not possible.</summary>
/// <remarks>
/// <para>
/// Values before are those that the host's context has read by a query. Values after are read from the database once all is saved: it may round them, and
/// triggers may change them. So a later comparison is between what the database held then and what it holds now.
/// </para>
/// <para>An apply does not fail because of what is kept of it: what cannot be kept is an obstacle.</para>
/// </remarks>
internal sealed class ReversibleChanges
{
    private const int MostCharacters = 16 * 1024 * 1024;

    private readonly DbContext host;
    private readonly int mostRows;
    private readonly List<Row> rows = [];
    private readonly Dictionary<object, Row> byEntity = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(IEntityType, string), Row> byKey = [];
    private readonly HashSet<object> read = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<(Row, string)> newParts = [];
    private string? obstacle;

    /// <param name="host">The host's context, from which nothing was read yet. It lives as long as one attempt at the apply.</param>
    /// <param name="mostRows">How many rows are kept.</param>
    public ReversibleChanges(DbContext host, int mostRows)
    {
        (this.host, this.mostRows) = (host, mostRows);
        host.ChangeTracker.Tracked += Remember;
    }

    /// <summary>Looks at what is about to be saved.</summary>
    /// <param name="changed">The entities.</param>
    /// <param name="ownerOf">Finds the entity in whose row another one is stored; null if that has a row of its own.</param>
    public void Record(IReadOnlyList<EntityEntry> changed, Func<EntityEntry, EntityEntry?> ownerOf) => KeepOrSayWhyNot(() =>
    {
        newParts.Clear();
        foreach (var entry in changed.TakeWhile(_ => obstacle is null))
        {
            Record(entry, ownerOf(entry));
        }

        if (obstacle is null && Dependents.FindUntracked(host, changed) is { } table)
        {
            CannotBeReversed(table, "the database deletes rows, or takes references from them, that the context has not loaded");
        }
    });

    /// <summary>Reads what the database holds now, once all is saved.</summary>
    /// <param name="hasUnseen">Whether something went past the tracker.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    /// <returns>What is kept, as JSON.</returns>
    public async Task<string> CompleteAsync(bool hasUnseen, CancellationToken cancellationToken)
    {
        obstacle ??= hasUnseen ? "The apply wrote past the change tracker, with ExecuteUpdate, ExecuteDelete or SQL." : null;
        rows.RemoveAll(r => r is { Kind: RowChangeKind.Modified, Before.Count: 0, Parts.Count: 0 });
        var kept = new List<ReversibleRow>();
        foreach (var ofType in rows.GroupBy(r => r.Entry.Metadata).TakeWhile(_ => obstacle is null))
        {
            await KeepOrSayWhyNotAsync(async () => kept.AddRange(await CompleteAsync(ofType.Key, [.. ofType], cancellationToken).ConfigureAwait(false)))
                .ConfigureAwait(false);
        }

        var json = new KeptChanges(kept, null).ToJson();
        obstacle ??= json.Length > MostCharacters ? $"What the apply changed has {json.Length} characters; {MostCharacters} are kept." : null;
        return obstacle is null ? json : KeptChanges.NotReversible(obstacle).ToJson();
    }

    private void Remember(object? sender, EntityTrackedEventArgs tracked)
    {
        // One that was read before, and is attached again, may have been changed in between.
        _ = tracked.FromQuery ? read.Add(tracked.Entry.Entity) : read.Remove(tracked.Entry.Entity);
    }

    private async Task<List<ReversibleRow>> CompleteAsync(IEntityType type, List<Row> ofType, CancellationToken cancellationToken)
    {
        var (key, members) = (type.FindPrimaryKey()!.Properties, RowMember.ToKeep(type));
        if (ofType.DistinctBy(r => RowKeys.TextOf(key, r.Key)).Count() < ofType.Count)
        {
            CannotBeReversed(RowNames.TableOf(type), "a row was added, and changed after the context was cleared");
            return [];
        }

        var there = ofType.FindAll(r => r.Kind != RowChangeKind.Deleted);
        var stored = await StoredRows.ReadAsync(host, type, [.. key.Select(RowMember.Of)], there.ConvertAll(r => r.Key), members, cancellationToken)
            .ConfigureAwait(false);
        var storedByKey = stored.ToDictionary(r => RowKeys.TextOf(key, r));
        return ofType.ConvertAll(row =>
        {
            var now = row.Kind == RowChangeKind.Deleted ? null : storedByKey.GetValueOrDefault(RowKeys.TextOf(key, row.Key));
            if (now is null && row.Kind != RowChangeKind.Deleted)
            {
                CannotBeReversed(RowNames.TableOf(type), "a row could not be found again when all was saved");
            }

            var after = now is null ? [] : members.Where(m => m.IsReversible && (row.Kind == RowChangeKind.Added || row.Has(m)))
                .Select(m => KeyValuePair.Create(m.Path, now[m.Path]?.DeepClone()));
            return new ReversibleRow(
                type.Name, RowNames.Of(RowNames.TableOf(type), row.Key), row.Kind, RowKeys.ToJson(key, row.Key), row.Before, new JsonObject(after), row.Parts);
        });
    }

    private void Record(EntityEntry entry, EntityEntry? owner)
    {
        if (entry.Metadata.FindPrimaryKey() is not { } key || (owner is null && entry.Metadata.IsOwned()) || entry.Metadata.IsMappedToJson())
        {
            CannotBeReversed(RowNames.TableOf(entry), "an owned value in a row of its own, or one that is stored as JSON, has changed");
            return;
        }

        if (key.Properties.Any(p => !RowMember.Of(p).CanBeKept))
        {
            CannotBeReversed(RowNames.TableOf(entry), "its key is of a type that EF Core cannot write as JSON");
            return;
        }

        var row = RowOf(owner ?? entry);
        if (entry.State == EntityState.Added)
        {
            // What it had before is known: nothing.
            read.Add(entry.Entity);
        }

        if (!read.Contains(entry.Entity))
        {
            CannotBeReversed(RowNames.TableOf(entry), "a row was changed or deleted that no query has read, so that its values before are not known");
        }
        else if (owner is null)
        {
            RecordRow(row, entry);
        }
        else if (row.Kind == RowChangeKind.Modified && entry.State != EntityState.Modified)
        {
            RecordPart(row, entry);
        }
        else if (row.Kind != RowChangeKind.Added)
        {
            Keep(row, entry, all: row.Kind == RowChangeKind.Deleted);
        }
    }

    private void RecordRow(Row row, EntityEntry entry)
    {
        switch (entry.State)
        {
            case EntityState.Added when row.Kind == RowChangeKind.Deleted:
            case EntityState.Deleted when row.Kind == RowChangeKind.Added && !ReferenceEquals(row.Entry.Entity, entry.Entity):
                CannotBeReversed(RowNames.TableOf(entry), "a row was deleted and added again");
                break;
            case EntityState.Added:
                EnsureCanBeCompared(entry);
                break;
            case EntityState.Deleted when row.Kind == RowChangeKind.Added:
                Forget(row);
                break;
            case EntityState.Deleted:
                row.Kind = RowChangeKind.Deleted;
                Keep(row, entry, all: true);
                break;
            case EntityState.Modified when row.Kind == RowChangeKind.Modified:
                Keep(row, entry, all: false);
                break;
        }
    }

    /// <summary>A value in the row of its owner comes or goes, or takes the place of another one. One that was not there before has no values before.</summary>
    private void RecordPart(Row row, EntityEntry entry)
    {
        var path = PathOf(entry);
        if (entry.State == EntityState.Added && row.Parts.TryAdd(path, false))
        {
            newParts.Add((row, path));
        }
        else if (entry.State == EntityState.Deleted && (row.Parts.TryAdd(path, true) || newParts.Contains((row, path))))
        {
            // If another one has taken its place in the same save, that may have been seen first.
            row.Parts[path] = true;
            Keep(row, entry, all: true);
        }
    }

    /// <summary>Keeps values as they were before.</summary>
    private void Keep(Row row, EntityEntry entry, bool all)
    {
        if (row.IsNew(PathOf(entry)))
        {
            return;
        }

        foreach (var property in PropertiesOf(entry))
        {
            var member = RowMember.Of(property.Metadata);
            if (!all && property.IsModified && member.IsReversible && property.Metadata.IsConcurrencyToken)
            {
                CannotBeReversed(
                    RowNames.TableOf(entry), $"the concurrency token {member.Column} has changed. If it counts versions, mark it as NotReviewed()");
            }

            // A secret that is none needs no keeping.
            var isKept = all ? member.IsInserted && !(member.IsRedacted && property.OriginalValue is null) : property.IsModified && member.IsReversible;
            if (isKept)
            {
                Keep(row, member, property);
            }
        }

        EnsureHasOnlyColumns(entry, all);
    }

    private void Keep(Row row, RowMember member, PropertyEntry property)
    {
        if (member.IsRedacted || !member.CanBeKept)
        {
            CannotBeReversed(RowNames.TableOf(row.Entry), WhyNot(member));
        }
        else if (!row.Before.ContainsKey(member.Path))
        {
            row.Before[member.Path] = member.ToJson(property.OriginalValue);
        }
    }

    /// <summary>A row that is added will be deleted: whatever it holds has to be compared before.</summary>
    private void EnsureCanBeCompared(EntityEntry entry)
    {
        if (RowMember.In(entry.Metadata).FirstOrDefault(m => m is { CanBeKept: false, IsReversible: true }) is { } member)
        {
            CannotBeReversed(RowNames.TableOf(entry), WhyNot(member));
        }

        if (entry.Metadata.GetNavigations().FirstOrDefault(n => n.TargetEntityType.IsOwned() && n.TargetEntityType.IsMappedToJson()) is { } json)
        {
            CannotBeReversed(RowNames.TableOf(entry), $"{json.Name} is stored as JSON");
        }

        var keys = Dependents.References(entry.Metadata).SelectMany(f => f.PrincipalKey.Properties).Where(p => !p.IsPrimaryKey());
        if (keys.Select(RowMember.Of).FirstOrDefault(m => !m.IsReversible || m.IsRedacted) is { } key)
        {
            CannotBeReversed(RowNames.TableOf(entry), $"others refer to it by {key.Column}, which is not kept");
        }

        EnsureHasOnlyColumns(entry, all: true);
    }

    private void EnsureHasOnlyColumns(EntityEntry entry, bool all)
    {
        if (ComplexOf(entry.ComplexProperties).FirstOrDefault(c => !RowMember.HasColumns(c.Metadata) && (all || c.IsModified)) is { } complex)
        {
            CannotBeReversed(RowNames.TableOf(entry), $"{complex.Metadata.Name} is a complex value that is optional, or stored as JSON");
        }

        if (entry.ComplexCollections.FirstOrDefault(c => all || c.IsModified) is { } collection)
        {
            CannotBeReversed(RowNames.TableOf(entry), $"{collection.Metadata.Name} is a complex collection");
        }
    }

    private static string WhyNot(RowMember member) =>
        $"{member.Column} is {(member.IsRedacted ? "redacted" : "of a type that EF Core cannot write as JSON")}";

    private void CannotBeReversed(string table, string why) => obstacle ??= $"{table}: {why}.";

    private Row RowOf(EntityEntry entry)
    {
        if (byEntity.TryGetValue(entry.Entity, out var known))
        {
            return known;
        }

        var row = new Row(entry);
        // The host may have cleared its context, and have read the row again.
        if (row.HasKey && !byKey.TryAdd((entry.Metadata, row.KeyText), row))
        {
            row = byKey[(entry.Metadata, row.KeyText)];
        }
        else
        {
            rows.Add(row);
            obstacle ??= rows.Count > mostRows ? $"The apply changed more rows than Review.MaxRows, which is {mostRows}." : null;
        }

        return byEntity[entry.Entity] = row;
    }

    private void Forget(Row row)
    {
        rows.Remove(row);
        byEntity.Remove(row.Entry.Entity);
        foreach (var known in byKey.Where(k => k.Value == row).ToList())
        {
            byKey.Remove(known.Key);
        }
    }

    private void KeepOrSayWhyNot(Action keep)
    {
        try
        {
            keep();
        }
        catch (Exception failure) when (IsOfKeeping(failure))
        {
            obstacle ??= $"What it changed could not be kept: {failure.Message}";
        }
    }

    private async Task KeepOrSayWhyNotAsync(Func<Task> keep)
    {
        try
        {
            await keep().ConfigureAwait(false);
        }
        catch (Exception failure) when (IsOfKeeping(failure))
        {
            obstacle ??= $"What it changed could not be kept: {failure.Message}";
        }
    }

    // After an error of the database its transaction may be of no use. Execution strategies wrap it.
    private static bool IsOfKeeping(Exception failure) => failure is not (DbException or OperationCanceledException or TimeoutException)
        && (failure.InnerException is not { } inner || IsOfKeeping(inner));

    private static string PathOf(EntityEntry entry) => RowMember.PathOf(RowMember.NavigationsTo(entry.Metadata));

    private static IEnumerable<PropertyEntry> PropertiesOf(EntityEntry entry) => entry.Properties
        .Where(p => !(entry.Metadata.IsOwned() && p.Metadata.IsPrimaryKey()) && p.Metadata != entry.Metadata.FindDiscriminatorProperty())
        .Concat(ComplexOf(entry.ComplexProperties).Where(c => RowMember.HasColumns(c.Metadata)).SelectMany(c => c.Properties));

    private static IEnumerable<ComplexPropertyEntry> ComplexOf(IEnumerable<ComplexPropertyEntry> complex) =>
        complex.SelectMany(c => RowMember.HasColumns(c.Metadata) ? ComplexOf(c.ComplexProperties).Prepend(c) : [c]);

    private sealed class Row(EntityEntry entry)
    {
        public EntityEntry Entry => entry;

        public RowChangeKind Kind { get; set; } = entry.State == EntityState.Added ? RowChangeKind.Added : RowChangeKind.Modified;

        public JsonObject Before { get; } = [];

        /// <summary>Of values in the row that came or went: whether they were there before.</summary>
        public Dictionary<string, bool> Parts { get; } = [];

        /// <summary>Whether its key is known. That of a new row may be known once it is saved.</summary>
        public bool HasKey => entry.State != EntityState.Added || !entry.Properties.Any(p => p.Metadata.IsPrimaryKey() && p.IsTemporary);

        public object?[] Key => [.. entry.Metadata.FindPrimaryKey()!.Properties.Select(p => entry.Property(p.Name).CurrentValue)];

        public string KeyText => RowKeys.TextOf(entry.Metadata.FindPrimaryKey()!.Properties, Key);

        public bool Has(RowMember member) => Before.ContainsKey(member.Path) || Parts.Keys.Any(part => IsWithin(member.Path, part));

        /// <summary>Whether a value in the row, or one that it is part of, was not there before.</summary>
        public bool IsNew(string part) => Parts.Any(p => !p.Value && (part == p.Key || IsWithin(part, p.Key)));

        private static bool IsWithin(string path, string part) => path.StartsWith($"{part}.", StringComparison.Ordinal);
    }
}
