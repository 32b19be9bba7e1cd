using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Changes;

namespace WorkManager.Reversals;

/// <summary>Puts rows back as they were before an apply, in the host's context.</summary>
/// <param name="host">The host's context, in a transaction.</param>
/// <param name="sql">SQL for its database.</param>
/// <param name="orderId">The order that was applied.</param>
/// <param name="rows">What it did to each row.</param>
internal sealed class Reversal(DbContext host, IReversalSql sql, Guid orderId, IReadOnlyList<ReversibleRow> rows)
{
    /// <summary>Ensures that the rows are as the apply left them.</summary>
    /// <param name="locks">Whether they are locked first, so that they stay so until the transaction ends.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <exception cref="ReversalConflictException">Some are not, or others refer to rows that are to be deleted.</exception>
    /// <exception cref="WorkManagerException">The host's model has changed since then (<c>not_reversible</c>).</exception>
    public async Task EnsureIsPossibleAsync(bool locks, CancellationToken cancellationToken)
    {
        EnsureFitsTheModel();
        var conflicts = new List<ReviewDifference>();
        foreach (var (type, ofType) in ByType())
        {
            if (locks)
            {
                await sql.LockAsync(host, type, KeysOf(type, ofType), cancellationToken).ConfigureAwait(false);
            }

            await FindChangesAsync(type, ofType, conflicts, cancellationToken).ConfigureAwait(false);
            await FindDependentsAsync(type, ofType, conflicts, cancellationToken).ConfigureAwait(false);
        }

        if (conflicts.Count > 0)
        {
            throw new ReversalConflictException(orderId, conflicts);
        }
    }

    /// <summary>Changes the host's entities, and saves them.</summary>
    /// <exception cref="WorkManagerException">The database did not take the values from before (<c>not_reversible</c>).</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var there = await LoadAsync(cancellationToken).ConfigureAwait(false);
        // What is put back may be what keeps rows from being taken along by those that are deleted.
        foreach (var (row, entry) in there.Where(r => r.Row.Kind == RowChangeKind.Modified))
        {
            PutBack(entry, row);
        }

        foreach (var (_, entry) in there.Where(r => r.Row.Kind == RowChangeKind.Added))
        {
            host.Remove(entry.Entity);
        }

        var again = rows.Where(r => r.Kind == RowChangeKind.Deleted).Select(row => (Row: row, Entry: AddAgain(TypeOf(row), row))).ToList();
        await host.SaveChangesAsync(cancellationToken).ConfigureAwait(false);

        var others = await FindOthersAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (row, path, value) in others.Where(o => o.Row.Kind == RowChangeKind.Deleted))
        {
            // EF Core leaves the value of a new row to a default of the database if it is the default of its type.
            Write(again.Find(a => a.Row == row).Entry, path.Split('.'), value, isModified: true);
        }

        if (others.Count > 0)
        {
            await host.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            others = await FindOthersAsync(cancellationToken).ConfigureAwait(false);
        }

        if (others.Count > 0)
        {
            throw NotReversible($"The database, or the application, did not take the value from before of {others[0].Row.Row} {others[0].Path}.");
        }
    }

    private IEnumerable<(IEntityType Type, List<ReversibleRow> Rows)> ByType() => rows.GroupBy(TypeOf).Select(g => (g.Key, g.ToList()));

    private IEntityType TypeOf(ReversibleRow row) =>
        host.Model.FindEntityType(row.Entity) ?? throw NotReversible($"The entity type {row.Entity} is not in the model any more.");

    private void EnsureFitsTheModel()
    {
        foreach (var (type, ofType) in ByType())
        {
            var members = RowMember.ToKeep(type).ToDictionary(m => m.Path);
            foreach (var row in ofType)
            {
                try
                {
                    _ = row.Key.Count == KeyOf(type).Count ? RowKeys.FromJson(KeyOf(type), row.Key) : throw new FormatException("Its key has other columns.");
                    foreach (var (path, value) in row.Before.Concat(row.After))
                    {
                        _ = members[path].FromJson(value);
                    }
                }
                catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException or ArgumentException
                    or KeyNotFoundException or OverflowException)
                {
                    throw NotReversible($"What was kept of {row.Row} does not fit the model of today: {fault.Message}");
                }
            }
        }
    }

    private async Task FindChangesAsync(IEntityType type, List<ReversibleRow> ofType, List<ReviewDifference> conflicts, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(type, ofType, cancellationToken).ConfigureAwait(false);
        foreach (var row in ofType)
        {
            var now = stored.GetValueOrDefault(row.Key.ToJsonString());
            if (now is null != (row.Kind == RowChangeKind.Deleted))
            {
                conflicts.Add(new(row.Row, null, now is null ? row.After.DeepClone() : null, now is null ? null : row.Key.DeepClone()));
                continue;
            }

            foreach (var (path, then) in row.After.Where(then => !JsonNode.DeepEquals(then.Value, now![then.Key])))
            {
                conflicts.Add(new(row.Row, ColumnOf(type, path), then?.DeepClone(), now![path]?.DeepClone()));
            }
        }
    }

    /// <summary>Finds rows of others that refer to rows which are to be deleted: these would take them along, or away from where they belong.</summary>
    private async Task FindDependentsAsync(IEntityType type, List<ReversibleRow> ofType, List<ReviewDifference> conflicts, CancellationToken cancellationToken)
    {
        foreach (var row in ofType.Where(r => r.Kind == RowChangeKind.Added))
        {
            foreach (var owned in Dependents.OwnedRows(type))
            {
                // None of them was added with the row: that could not have been kept.
                var count = Dependents.Count(host, owned, [KeyOf(row, type, owned.PrincipalKey)]);
                conflicts.AddRange(count == 0 ? [] : [new(row.Row, owned.PrincipalToDependent!.Name, 0, count)]);
            }

            foreach (var reference in Dependents.References(type))
            {
                await FindDependentsAsync(type, row, reference, conflicts, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task FindDependentsAsync(
        IEntityType type, ReversibleRow row, IForeignKey reference, List<ReviewDifference> conflicts, CancellationToken cancellationToken)
    {
        var way = RowMember.NavigationsTo(reference.DeclaringEntityType);
        if (!way.All(RowMember.SharesTheRow))
        {
            var count = Dependents.Count(host, reference, [KeyOf(row, type, reference.PrincipalKey)]);
            conflicts.AddRange(count == 0 ? [] : [new(row.Row, RowNames.TableOf(reference.DeclaringEntityType), 0, count)]);
            return;
        }

        // Of a value in the row of its owner, the owner is named.
        var dependentType = way.Count > 0 ? way[0].DeclaringEntityType : reference.DeclaringEntityType;
        var (key, by) = (KeyOf(dependentType), reference.Properties.Select(RowMember.Of).ToList());
        var dependents = await StoredRows.ReadAsync(
            host, dependentType, by, [KeyOf(row, type, reference.PrincipalKey)], [.. key.Select(RowMember.Of).Union(by)], cancellationToken)
            .ConfigureAwait(false);
        foreach (var dependent in dependents.Where(d => !IsOwnDoing(dependentType, RowKeys.TextOf(key, d), by)))
        {
            var name = RowNames.Of(RowNames.TableOf(dependentType), key.Select(p => RowMember.Of(p).FromJson(dependent[p.Name])));
            conflicts.Add(new(name, by[0].Column, null, dependent[by[0].Path]?.DeepClone()));
        }
    }

    /// <summary>Whether the order itself made a row refer to another one: it is put back, or goes, with it.</summary>
    private bool IsOwnDoing(IEntityType type, string key, List<RowMember> reference) => rows.Any(r => type.IsAssignableFrom(TypeOf(r))
        && r.Key.ToJsonString() == key && (r.Kind == RowChangeKind.Added || reference.Exists(m => r.After.ContainsKey(m.Path))));

    private async Task<Dictionary<string, JsonObject>> ReadAsync(IEntityType type, List<ReversibleRow> ofType, CancellationToken cancellationToken)
    {
        var key = KeyOf(type);
        var read = await StoredRows.ReadAsync(
            host, type, [.. key.Select(RowMember.Of)], KeysOf(type, ofType), RowMember.ToKeep(type), cancellationToken).ConfigureAwait(false);
        return read.ToDictionary(r => RowKeys.TextOf(key, r));
    }

    private async Task<List<(ReversibleRow Row, EntityEntry Entry)>> LoadAsync(CancellationToken cancellationToken)
    {
        var found = new List<(ReversibleRow, EntityEntry)>();
        foreach (var (type, ofType) in ByType())
        {
            var (key, there) = (KeyOf(type), ofType.FindAll(r => r.Kind != RowChangeKind.Deleted));
            var loaded = await StoredRows.LoadAsync(host, type, [.. key.Select(RowMember.Of)], KeysOf(type, there), cancellationToken).ConfigureAwait(false);
            var entries = loaded.Select(host.Entry).ToDictionary(e => RowKeys.TextOf(key, RowKeys.Of(e, key)));
            found.AddRange(there.Select(row => (row, entries[row.Key.ToJsonString()])));
        }

        return found;
    }

    /// <summary>The values that are not as they were before, although they were put back.</summary>
    private async Task<List<(ReversibleRow Row, string Path, JsonNode? Value)>> FindOthersAsync(CancellationToken cancellationToken)
    {
        var others = new List<(ReversibleRow, string, JsonNode?)>();
        foreach (var (type, ofType) in ByType())
        {
            var back = ofType.FindAll(r => r.Kind != RowChangeKind.Added);
            var stored = await ReadAsync(type, back, cancellationToken).ConfigureAwait(false);
            var reversible = RowMember.ToKeep(type).Where(m => m.IsReversible).Select(m => m.Path).ToHashSet();
            others.AddRange(
                from row in back
                from value in row.Before
                where reversible.Contains(value.Key) && !JsonNode.DeepEquals(value.Value, stored.GetValueOrDefault(row.Key.ToJsonString())?[value.Key])
                select (row, value.Key, value.Value));
        }

        return others;
    }

    private static void PutBack(EntityEntry entry, ReversibleRow row)
    {
        foreach (var (path, wasThere) in row.Parts.OrderBy(p => p.Key.Length))
        {
            PutBackPart(entry, path.Split('.'), wasThere);
        }

        foreach (var (path, value) in row.Before)
        {
            Write(entry, path.Split('.'), value);
        }
    }

    private EntityEntry AddAgain(IEntityType type, ReversibleRow row)
    {
        var entry = StoredRows.EntryOf(host, type, Make(type));
        var parts = row.Before.Where(b => b.Key.Split('.') is [var first, _, ..] && type.FindNavigation(first) is not null).ToList();
        foreach (var (path, value) in row.Before.Except(parts))
        {
            Write(entry, path.Split('.'), value);
        }

        entry.State = EntityState.Added;
        foreach (var (path, value) in parts.OrderBy(p => p.Key.Count(c => c == '.')))
        {
            Write(entry, path.Split('.'), value);
        }

        return entry;
    }

    private static void PutBackPart(EntityEntry entry, ReadOnlySpan<string> path, bool isThere)
    {
        var reference = entry.Reference(path[0]);
        if (path.Length == 1)
        {
            reference.CurrentValue = !isThere ? null : reference.CurrentValue ?? Make(reference.Metadata.TargetEntityType);
        }
        else if (reference.TargetEntry is { } target)
        {
            PutBackPart(target, path[1..], isThere);
        }
    }

    private static void Write(EntityEntry entry, ReadOnlySpan<string> path, JsonNode? value, bool isModified = false)
    {
        if (path.Length == 1)
        {
            Write(entry.Property(path[0]), value, isModified);
        }
        else if (entry.Metadata.FindNavigation(path[0]) is { } navigation)
        {
            var reference = entry.Reference(path[0]);
            reference.CurrentValue ??= Make(navigation.TargetEntityType);
            Write(reference.TargetEntry!, path[1..], value, isModified);
        }
        else
        {
            Write(entry.ComplexProperty(path[0]), path[1..], value, isModified);
        }
    }

    private static void Write(ComplexPropertyEntry complex, ReadOnlySpan<string> path, JsonNode? value, bool isModified)
    {
        complex.CurrentValue ??= Make(complex.Metadata.ComplexType);
        if (path.Length == 1)
        {
            Write(complex.Property(path[0]), value, isModified);
        }
        else
        {
            Write(complex.ComplexProperty(path[0]), path[1..], value, isModified);
        }
    }

    private static void Write(PropertyEntry property, JsonNode? value, bool isModified)
    {
        property.CurrentValue = RowMember.Of(property.Metadata).FromJson(value);
        property.IsModified |= isModified;
    }

    // Its class may have no constructor without arguments, as EF Core binds arguments to properties.
    private static object Make(ITypeBase type)
    {
        const System.Reflection.BindingFlags any =
            System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic;
        return type.ClrType.IsValueType || type.ClrType.GetConstructor(any, []) is not null
            ? Activator.CreateInstance(type.ClrType, nonPublic: true)! : RuntimeHelpers.GetUninitializedObject(type.ClrType);
    }

    private static string ColumnOf(IEntityType type, string path) => RowMember.In(type).First(m => m.Path == path).Column;

    private static IReadOnlyList<IProperty> KeyOf(IEntityType type) => type.FindPrimaryKey()!.Properties;

    private static List<object?[]> KeysOf(IEntityType type, List<ReversibleRow> ofType) => ofType.ConvertAll(r => RowKeys.FromJson(KeyOf(type), r.Key));

    /// <summary>The values of a row that was added to which others refer: those of its primary key, or of another one.</summary>
    private static object?[] KeyOf(ReversibleRow row, IEntityType type, IKey key) => key.IsPrimaryKey()
        ? RowKeys.FromJson(KeyOf(type), row.Key) : [.. key.Properties.Select(p => RowMember.Of(p).FromJson(row.After[RowMember.Of(p).Path]))];

    private WorkManagerException NotReversible(string why) => KeptChanges.Refusal(orderId, why);
}
