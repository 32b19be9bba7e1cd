using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Changes;

namespace WorkManager.Reversals;

/// <summary>Keeps what an apply changes, over all of its saves, with all that is needed to put it back; or the first reason why that is not possible.</summary>
/// <remarks>
/// Values before are those that the host's context has read. Values after are read from the database once all is saved: it may round them, and triggers may
/// change them. So a later comparison is between what the database held then and what it holds now.
/// </remarks>
internal sealed class ReversibleChanges(DbContext host)
{
    private readonly List<Row> rows = [];
    private readonly Dictionary<object, Row> byEntity = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(IEntityType, string), Row> byKey = [];
    private string? obstacle;

    /// <summary>Looks at what is about to be saved.</summary>
    /// <param name="changed">The entities.</param>
    /// <param name="ownerOf">Finds the entity in whose row another one is stored; null if that has a row of its own.</param>
    public void Record(IReadOnlyList<EntityEntry> changed, Func<EntityEntry, EntityEntry?> ownerOf)
    {
        foreach (var entry in changed)
        {
            Record(entry, ownerOf(entry));
        }

        if (obstacle is null && Dependents.FindUntracked(host, changed) is { } table)
        {
            CannotBeReversed(table, "the database deletes rows, or takes references from them, that the context has not loaded");
        }
    }

    private void Record(EntityEntry entry, EntityEntry? owner)
    {
        if (entry.Metadata.FindPrimaryKey() is null || (owner is null && entry.Metadata.IsOwned()) || entry.Metadata.IsMappedToJson())
        {
            CannotBeReversed(RowNames.TableOf(entry), "an owned collection, or a value that is stored as JSON, has changed");
            return;
        }

        if (entry.Metadata.FindPrimaryKey()!.Properties.Any(p => !new RowMember(p, []).CanBeKept))
        {
            CannotBeReversed(RowNames.TableOf(entry), "its key is of a type that EF Core cannot write as JSON");
            return;
        }

        var row = RowOf(owner ?? entry);
        if (owner is null)
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

    /// <summary>Reads what the database holds now, once all is saved.</summary>
    /// <param name="hasUnseen">Whether something went past the tracker.</param>
    /// <param name="mostRows">How many rows are kept.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public async Task<KeptChanges> CompleteAsync(bool hasUnseen, int mostRows, CancellationToken cancellationToken)
    {
        rows.RemoveAll(r => r is { Kind: RowChangeKind.Modified, Before.Count: 0, Parts.Count: 0 });
        obstacle ??= hasUnseen ? "The apply wrote past the change tracker, with ExecuteUpdate, ExecuteDelete or SQL."
            : rows.Count > mostRows ? $"The apply changed {rows.Count} rows; Review.MaxRows is {mostRows}." : null;
        var kept = new List<ReversibleRow>();
        foreach (var ofType in rows.GroupBy(r => r.Entry.Metadata))
        {
            kept.AddRange(obstacle is null ? await CompleteAsync(ofType.Key, [.. ofType], cancellationToken).ConfigureAwait(false) : []);
        }

        return obstacle is null ? new KeptChanges(kept, null) : KeptChanges.NotReversible(obstacle);
    }

    private async Task<List<ReversibleRow>> CompleteAsync(IEntityType type, List<Row> ofType, CancellationToken cancellationToken)
    {
        var (key, members) = (type.FindPrimaryKey()!.Properties, RowMember.ToKeep(type));
        if (ofType.DistinctBy(r => RowKeys.TextOf(type, r.Key)).Count() < ofType.Count)
        {
            CannotBeReversed(RowNames.TableOf(type), "a row was added, and changed after the context was cleared");
            return [];
        }

        var there = ofType.FindAll(r => r.Kind != RowChangeKind.Deleted);
        var stored = await StoredRows.ReadAsync(host, type, key, there.ConvertAll(r => r.Key), members, cancellationToken).ConfigureAwait(false);
        var byKey = stored.ToDictionary(r => RowKeys.TextOf(key, r));
        return ofType.ConvertAll(row =>
        {
            var now = byKey.GetValueOrDefault(RowKeys.TextOf(type, row.Key));
            if (now is null && row.Kind != RowChangeKind.Deleted)
            {
                CannotBeReversed(RowNames.TableOf(type), "a row was not there any more when all was saved");
            }

            var after = now is null ? [] : members.Where(m => m.IsReversible && (row.Kind == RowChangeKind.Added || row.Has(m)))
                .Select(m => KeyValuePair.Create(m.Path, now[m.Path]?.DeepClone()));
            return new ReversibleRow(
                type.Name, RowNames.Of(RowNames.TableOf(type), row.Key), row.Kind, RowKeys.ToJson(type, row.Key), row.Before, new JsonObject(after), row.Parts);
        });
    }

    private void RecordRow(Row row, EntityEntry entry)
    {
        switch (entry.State)
        {
            case EntityState.Added when row.Kind == RowChangeKind.Deleted:
                CannotBeReversed(RowNames.TableOf(entry), "a row was deleted and added again");
                break;
            case EntityState.Deleted when row.Kind == RowChangeKind.Added && !ReferenceEquals(row.Entry.Entity, entry.Entity):
                CannotBeReversed(RowNames.TableOf(entry), "a row was deleted and added again");
                break;
            case EntityState.Deleted when row.Kind == RowChangeKind.Added:
                rows.Remove(row);
                break;
            case EntityState.Deleted:
                row.Kind = RowChangeKind.Deleted;
                row.Parts.Clear();
                Keep(row, entry, all: true);
                break;
            case EntityState.Modified when row.Kind == RowChangeKind.Modified:
                Keep(row, entry, all: false);
                break;
        }
    }

    /// <summary>A value in the row of its owner comes or goes, or takes the place of another one.</summary>
    private void RecordPart(Row row, EntityEntry entry)
    {
        var path = RowMember.PathOf(RowMember.NavigationsTo(entry.Metadata));
        if (entry.State == EntityState.Deleted && row.Parts.TryAdd(path, true))
        {
            Keep(row, entry, all: true);
        }
        else if (entry.State == EntityState.Deleted && row.NewParts.Contains(path))
        {
            // Its place was taken in the same save, which was seen first.
            row.Parts[path] = true;
            row.Forget(path);
            Keep(row, entry, all: true);
        }
        else if (entry.State == EntityState.Added && row.Parts.TryAdd(path, false))
        {
            row.NewParts.Add(path);
            row.Forget(path);
        }
    }

    /// <summary>Keeps values as they were before.</summary>
    private void Keep(Row row, EntityEntry entry, bool all)
    {
        foreach (var (member, property) in MembersOf(entry))
        {
            // A secret that is none needs no keeping.
            var isKept = all ? member.IsInserted && !(member.IsRedacted && property.OriginalValue is null) : property.IsModified && member.IsReversible;
            if (isKept)
            {
                Keep(row, member, property);
            }
        }

        if (ComplexOf(entry).FirstOrDefault(c => !RowMember.HasColumns(c.Metadata) && (all || c.IsModified)) is { } complex)
        {
            CannotBeReversed(RowNames.TableOf(entry), $"{complex.Metadata.Name} is a complex value that is optional, or stored as JSON");
        }

        if (entry.ComplexCollections.FirstOrDefault(c => all || c.IsModified) is { } collection)
        {
            CannotBeReversed(RowNames.TableOf(entry), $"{collection.Metadata.Name} is a complex collection");
        }
    }

    private void Keep(Row row, RowMember member, PropertyEntry property)
    {
        if (member.IsRedacted || !member.CanBeKept)
        {
            var why = member.IsRedacted ? "redacted" : "of a type that EF Core cannot write as JSON";
            CannotBeReversed(RowNames.TableOf(row.Entry), $"{member.Column} is {why}");
            return;
        }

        if (!row.Before.ContainsKey(member.Path))
        {
            row.Before[member.Path] = member.ToJson(property.OriginalValue);
        }
    }

    private void CannotBeReversed(string table, string why) => obstacle ??= $"{table}: {why}.";

    private Row RowOf(EntityEntry entry)
    {
        if (byEntity.TryGetValue(entry.Entity, out var known))
        {
            return known;
        }

        var row = new Row(entry);
        var isKeyKnown = entry.State != EntityState.Added || !entry.Properties.Any(p => p.Metadata.IsPrimaryKey() && p.IsTemporary);
        var key = (entry.Metadata, isKeyKnown ? RowKeys.TextOf(entry.Metadata, row.Key) : "");
        // The host may have cleared its context, and have read the row again.
        if (isKeyKnown && !byKey.TryAdd(key, row))
        {
            row = byKey[key];
        }
        else
        {
            rows.Add(row);
        }

        return byEntity[entry.Entity] = row;
    }

    private static IEnumerable<(RowMember Member, PropertyEntry Property)> MembersOf(EntityEntry entry)
    {
        var through = RowMember.NavigationsTo(entry.Metadata);
        return entry.Properties.Where(p => through.Count == 0 || !p.Metadata.IsPrimaryKey())
            .Where(p => p.Metadata != entry.Metadata.FindDiscriminatorProperty())
            .Select(p => (new RowMember(p.Metadata, through), p))
            .Concat(entry.ComplexProperties.Where(c => RowMember.HasColumns(c.Metadata)).SelectMany(c => MembersOf(c, [.. through, c.Metadata])));
    }

    private static IEnumerable<(RowMember Member, PropertyEntry Property)> MembersOf(ComplexPropertyEntry complex, IReadOnlyList<IPropertyBase> through) =>
        complex.Properties.Select(p => (new RowMember(p.Metadata, through), p))
            .Concat(complex.ComplexProperties.Where(c => RowMember.HasColumns(c.Metadata)).SelectMany(c => MembersOf(c, [.. through, c.Metadata])));

    private static IEnumerable<ComplexPropertyEntry> ComplexOf(EntityEntry entry) => entry.ComplexProperties.SelectMany(ComplexOf);

    private static IEnumerable<ComplexPropertyEntry> ComplexOf(ComplexPropertyEntry complex) =>
        RowMember.HasColumns(complex.Metadata) ? complex.ComplexProperties.SelectMany(ComplexOf).Prepend(complex) : [complex];

    private sealed class Row(EntityEntry entry)
    {
        public EntityEntry Entry => entry;

        public RowChangeKind Kind { get; set; } = entry.State == EntityState.Added ? RowChangeKind.Added : RowChangeKind.Modified;

        public JsonObject Before { get; } = [];

        public Dictionary<string, bool> Parts { get; } = [];

        public HashSet<string> NewParts { get; } = [];

        /// <summary>Its key. That of a new row is known once it is saved.</summary>
        public object?[] Key => [.. entry.Metadata.FindPrimaryKey()!.Properties.Select(p => entry.Property(p.Name).CurrentValue)];

        public bool Has(RowMember member) =>
            Before.ContainsKey(member.Path) || Parts.Keys.Any(part => member.Path.StartsWith($"{part}.", StringComparison.Ordinal));

        public void Forget(string part)
        {
            foreach (var path in Before.Select(b => b.Key).Where(p => p.StartsWith($"{part}.", StringComparison.Ordinal)).ToList())
            {
                Before.Remove(path);
            }
        }
    }
}
