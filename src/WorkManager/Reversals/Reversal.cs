using System.Runtime.CompilerServices;
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
    /// <summary>Ensures that the rows are as the apply left them, and stay so until the transaction ends.</summary>
    /// <exception cref="ReversalConflictException">Some are not, or others refer to rows that are to be deleted.</exception>
    /// <exception cref="WorkManagerException">The host's model has changed since then (<c>not_reversible</c>).</exception>
    public async Task EnsureIsPossibleAsync(CancellationToken cancellationToken)
    {
        var conflicts = new List<ReviewDifference>();
        foreach (var (type, ofType) in ByType())
        {
            await FindConflictsAsync(type, ofType, conflicts, cancellationToken).ConfigureAwait(false);
        }

        if (conflicts.Count > 0)
        {
            throw new ReversalConflictException(orderId, conflicts);
        }
    }

    /// <summary>Changes the host's entities. The host's context is still to be saved.</summary>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        foreach (var (type, ofType) in ByType())
        {
            var there = ofType.FindAll(r => r.Kind != RowChangeKind.Deleted);
            var loaded = await StoredRows.LoadAsync(host, type, KeyOf(type), KeysOf(type, there), cancellationToken).ConfigureAwait(false);
            var entries = loaded.Select(host.Entry).ToDictionary(e => RowKeys.TextOf(type, [.. KeyOf(type).Select(p => e.Property(p.Name).CurrentValue)]));
            foreach (var row in there)
            {
                var entry = entries[row.Key.ToJsonString()];
                if (row.Kind == RowChangeKind.Added)
                {
                    host.Remove(entry.Entity);
                    continue;
                }

                PutBack(entry, row);
            }

            ofType.FindAll(r => r.Kind == RowChangeKind.Deleted).ForEach(row => AddAgain(type, row));
        }
    }

    private List<(IEntityType Type, List<ReversibleRow> Rows)> ByType() =>
    [
        .. rows.GroupBy(r => r.Entity, StringComparer.Ordinal).Select(g => (
            host.Model.FindEntityType(g.Key) ?? throw NotReversible($"The entity type {g.Key} is not in the model any more."), g.ToList())),
    ];

    private async Task FindConflictsAsync(IEntityType type, List<ReversibleRow> ofType, List<ReviewDifference> conflicts, CancellationToken cancellationToken)
    {
        var keys = KeysOf(type, ofType);
        await sql.LockAsync(host, type, keys, cancellationToken).ConfigureAwait(false);
        var members = RowMember.ToKeep(type);
        var byPath = members.ToDictionary(m => m.Path);
        var stored = (await StoredRows.ReadAsync(host, type, KeyOf(type), keys, members, cancellationToken).ConfigureAwait(false))
            .ToDictionary(r => RowKeys.TextOf(KeyOf(type), r));
        foreach (var row in ofType)
        {
            var now = stored.GetValueOrDefault(row.Key.ToJsonString());
            if (now is null != (row.Kind == RowChangeKind.Deleted))
            {
                conflicts.Add(new(row.Row, null, now is null ? row.After.DeepClone() : null, now));
                continue;
            }

            if (row.Before.Concat(row.After).Select(v => v.Key).FirstOrDefault(path => !byPath.ContainsKey(path)) is { } unknown)
            {
                throw NotReversible($"{type.DisplayName()}.{unknown} is not in the model any more.");
            }

            foreach (var (path, then) in row.After)
            {
                if (!JsonNode.DeepEquals(then, now![path]))
                {
                    conflicts.Add(new(row.Row, byPath[path].Column, then?.DeepClone(), now[path]?.DeepClone()));
                }
            }
        }

        var deleted = ofType.FindAll(r => r.Kind == RowChangeKind.Added);
        foreach (var reference in deleted.Count == 0 ? [] : Dependents.References(type))
        {
            await FindDependentsAsync(reference, deleted, conflicts, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task FindDependentsAsync(
        IForeignKey reference, List<ReversibleRow> deleted, List<ReviewDifference> conflicts, CancellationToken cancellationToken)
    {
        var (type, key) = (reference.DeclaringEntityType, KeyOf(reference.DeclaringEntityType));
        var members = key.Concat(reference.Properties).Distinct().Select(p => new RowMember(p, [])).ToList();
        var gone = rows.Where(r => r.Kind == RowChangeKind.Added && r.Entity == type.Name).Select(r => r.Key.ToJsonString()).ToHashSet();
        var dependents = await StoredRows.ReadAsync(
            host, type, reference.Properties, KeysOf(reference.PrincipalEntityType, deleted), members, cancellationToken).ConfigureAwait(false);
        foreach (var dependent in dependents.Where(d => !gone.Contains(RowKeys.TextOf(key, d))))
        {
            var name = RowNames.Of(RowNames.TableOf(type), key.Select(p => new RowMember(p, []).FromJson(dependent[p.Name])));
            var column = reference.Properties[0];
            conflicts.Add(new(name, column.GetColumnName(), null, dependent[column.Name]?.DeepClone()));
        }
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

    private void AddAgain(IEntityType type, ReversibleRow row)
    {
        var entry = StoredRows.EntryOf(host, type, Make(type));
        var parts = row.Before.Where(b => b.Key.Split('.') is [var first, _, ..] && entry.Metadata.FindNavigation(first) is not null).ToList();
        foreach (var (path, value) in row.Before.Except(parts))
        {
            Write(entry, path.Split('.'), value);
        }

        entry.State = EntityState.Added;
        foreach (var (path, value) in parts.OrderBy(p => p.Key.Count(c => c == '.')))
        {
            Write(entry, path.Split('.'), value);
        }
    }

    private static void PutBackPart(EntityEntry entry, ReadOnlySpan<string> path, bool isThere)
    {
        var reference = entry.Reference(path[0]);
        if (path.Length > 1)
        {
            if (reference.TargetEntry is { } target)
            {
                PutBackPart(target, path[1..], isThere);
            }

            return;
        }

        reference.CurrentValue = !isThere ? null : reference.CurrentValue ?? Make(reference.Metadata.TargetEntityType);
    }

    private static void Write(EntityEntry entry, ReadOnlySpan<string> path, JsonNode? value)
    {
        if (path.Length == 1)
        {
            Write(entry.Property(path[0]), value);
        }
        else if (entry.Metadata.FindNavigation(path[0]) is { } navigation)
        {
            var reference = entry.Reference(path[0]);
            reference.CurrentValue ??= Make(navigation.TargetEntityType);
            Write(reference.TargetEntry!, path[1..], value);
        }
        else
        {
            Write(entry.ComplexProperty(path[0]), path[1..], value);
        }
    }

    private static void Write(ComplexPropertyEntry complex, ReadOnlySpan<string> path, JsonNode? value)
    {
        complex.CurrentValue ??= Make(complex.Metadata.ComplexType);
        if (path.Length == 1)
        {
            Write(complex.Property(path[0]), value);
        }
        else
        {
            Write(complex.ComplexProperty(path[0]), path[1..], value);
        }
    }

    private static void Write(PropertyEntry property, JsonNode? value) => property.CurrentValue = new RowMember(property.Metadata, []).FromJson(value);

    // Its class may have no constructor without arguments, as EF Core binds arguments to properties.
    private static object Make(ITypeBase type) =>
        type.ClrType.GetConstructor([]) is null ? RuntimeHelpers.GetUninitializedObject(type.ClrType) : Activator.CreateInstance(type.ClrType)!;

    private static IReadOnlyList<IProperty> KeyOf(IEntityType type) => type.FindPrimaryKey()!.Properties;

    private static List<object?[]> KeysOf(IEntityType type, List<ReversibleRow> ofType) => ofType.ConvertAll(r => RowKeys.FromJson(type, r.Key));

    private WorkManagerException NotReversible(string why) => new(WorkErrorCodes.NotReversible, $"Order {orderId} cannot be reversed. {why}");
}
