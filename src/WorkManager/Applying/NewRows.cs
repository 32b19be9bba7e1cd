using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Applying;

/// <summary>
/// Names the rows of an apply: by table and key, and those that it adds by their number, as their keys may not be known yet, or may be others the next time.
/// </summary>
internal sealed class NewRows(DbContext host)
{
    private readonly Dictionary<object, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, int> counts = [];
    private Dictionary<string, string> byKey = [];

    public static string TableOf(EntityEntry entry) => entry.Metadata.GetTableName() ?? entry.Metadata.DisplayName();

    public static string KeyOf(EntityEntry entry, string table)
    {
        var values = entry.Metadata.FindPrimaryKey()?.Properties
            .Select(p => TextOf(entry.Property(p.Name).OriginalValue)).ToList();
        return values switch
        {
            null => table,
            [var value] => $"{table}:{value}",
            // Whatever the values hold, they can be read back.
            _ => $"{table}:{JsonSerializer.Serialize(values, JsonSerializerOptions.Web)}",
        };
    }

    // The usual text of a time has no fractions of a second, and that of bytes is the name of their type: two rows would have one name. That of a date is
    // read differently by different people.
    private static string? TextOf(object? value) => value switch
    {
        DateTime or DateTimeOffset or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToBase64String(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>Names rows that are about to be added, in their order.</summary>
    public void Name(IEnumerable<EntityEntry> entries)
    {
        // A value that shares the row of its owner has the name of that.
        var (shared, own) = entries.ToLookup(e => OwnerInTheSameRow(e) is not null) is var both ? (both[true], both[false]) : default;
        foreach (var entry in own)
        {
            var table = TableOf(entry);
            counts[table] = counts.GetValueOrDefault(table) + 1;
            names.TryAdd(entry.Entity, $"new:{table}:{counts[table]}");
        }

        foreach (var entry in shared)
        {
            var owner = OwnerInTheSameRow(entry);
            while (owner is not null && OwnerInTheSameRow(owner) is { } next)
            {
                owner = next;
            }

            if (owner is not null && names.TryGetValue(owner.Entity, out var name))
            {
                names.TryAdd(entry.Entity, name);
            }
        }

        byKey = [];
        foreach (var (entity, name) in names)
        {
            var entry = host.Entry(entity);
            if (entry.Metadata.FindPrimaryKey() is { } key)
            {
                byKey[KeyText(entry.Metadata, key.Properties.Select(p => entry.Property(p.Name).CurrentValue))] = name;
            }
        }
    }

    /// <summary>The name of a row that this apply adds, or has added; null for others.</summary>
    public string? NameOf(EntityEntry entry) => names.GetValueOrDefault(entry.Entity);

    /// <summary>The name of the new row that a value refers to, or that has it as its key; null if there is none.</summary>
    public string? ReferenceOf(EntityEntry entry, IProperty property)
    {
        foreach (var reference in property.GetContainingForeignKeys())
        {
            if (reference.PrincipalKey.IsPrimaryKey()
                && byKey.TryGetValue(
                    KeyText(reference.PrincipalEntityType, reference.Properties.Select(p => entry.Property(p.Name).CurrentValue)), out var name))
            {
                return name;
            }
        }

        return property.IsPrimaryKey() && property.ValueGenerated != ValueGenerated.Never ? NameOf(entry) : null;
    }

    private EntityEntry? OwnerInTheSameRow(EntityEntry entry)
    {
        if (entry.Metadata.FindOwnership() is not { } ownership || ownership.PrincipalEntityType.GetTableName() != entry.Metadata.GetTableName())
        {
            return null;
        }

        var key = ownership.Properties.Select(p => entry.Property(p.Name).CurrentValue).ToList();
        return host.ChangeTracker.Entries().FirstOrDefault(e => e.Metadata == ownership.PrincipalEntityType
            && ownership.PrincipalKey.Properties.Select(p => e.Property(p.Name).CurrentValue).SequenceEqual(key));
    }

    private static string KeyText(IEntityType type, IEnumerable<object?> values) =>
        $"{type.GetRootType().Name} {JsonSerializer.Serialize(values.Select(TextOf))}";
}
