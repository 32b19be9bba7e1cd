using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Changes;

namespace WorkManager.Applying;

/// <summary>
/// Names the rows of an apply: by table and key, and those that it adds by their number, as their keys may not be known yet, or may be others the next time.
/// </summary>
internal sealed class NewRows(DbContext host)
{
    private readonly Dictionary<object, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, int> counts = [];
    private readonly Dictionary<string, string> byKey = [];
    private Dictionary<string, EntityEntry> owners = [];
    private IReadOnlyList<EntityEntry> last = [];

    /// <summary>Looks at the changes of a save that is about to be sent, and names the rows that it adds, in their order.</summary>
    public void Look(IReadOnlyList<EntityEntry> changed)
    {
        // The database may have given them their keys since then.
        RememberKeys(last);
        owners = changed.Any(SharesTheRowOfItsOwner) ? FindOwners() : [];
        last = [.. changed.Where(e => e.State == EntityState.Added)];
        foreach (var entry in last.Where(e => OwnerOf(e) is null))
        {
            var table = RowNames.TableOf(entry);
            counts[table] = counts.GetValueOrDefault(table) + 1;
            names.TryAdd(entry.Entity, RowNames.OfNew(table, counts[table]));
        }

        RememberKeys(last);
    }

    /// <summary>
    /// The owner of a value that is stored in its row, through all that lies between; null for a row of its own. A value comes and goes without its row.
    /// </summary>
    public EntityEntry? OwnerOf(EntityEntry entry)
    {
        EntityEntry? owner = null;
        for (var part = entry; SharesTheRowOfItsOwner(part); part = owner)
        {
            var ownership = part.Metadata.FindOwnership()!;
            if (!owners.TryGetValue(KeyText(ownership.PrincipalEntityType, part, ownership.Properties), out owner))
            {
                return null;
            }
        }

        return owner;
    }

    /// <summary>The name of a row that this apply adds, or has added; null for others.</summary>
    public string? NameOf(EntityEntry entry) => names.GetValueOrDefault((OwnerOf(entry) ?? entry).Entity);

    /// <summary>The name of the new row that a value refers to, or that has it as its key; null if there is none.</summary>
    public string? ReferenceOf(EntityEntry entry, IProperty property)
    {
        foreach (var reference in property.GetContainingForeignKeys())
        {
            if (reference.PrincipalKey.IsPrimaryKey() && byKey.TryGetValue(KeyText(reference.PrincipalEntityType, entry, reference.Properties), out var name))
            {
                return name;
            }
        }

        return property.IsPrimaryKey() && property.ValueGenerated != ValueGenerated.Never ? NameOf(entry) : null;
    }

    private Dictionary<string, EntityEntry> FindOwners()
    {
        var found = new Dictionary<string, EntityEntry>();
        foreach (var entry in host.ChangeTracker.Entries().Where(e => e.Metadata.FindPrimaryKey() is not null))
        {
            // One that takes the place of another has the key of that.
            if (entry.State != EntityState.Deleted || !found.ContainsKey(KeyText(entry)))
            {
                found[KeyText(entry)] = entry;
            }
        }

        return found;
    }

    private static bool SharesTheRowOfItsOwner(EntityEntry entry) =>
        entry.Metadata.FindOwnership() is { IsUnique: true } ownership && ownership.PrincipalEntityType.GetTableName() == entry.Metadata.GetTableName();

    private void RememberKeys(IReadOnlyList<EntityEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Metadata.FindPrimaryKey() is not null && NameOf(entry) is { } name)
            {
                byKey[KeyText(entry)] = name;
            }
        }
    }

    private static string KeyText(EntityEntry entry) => KeyText(entry.Metadata, entry, entry.Metadata.FindPrimaryKey()!.Properties);

    private static string KeyText(IEntityType type, EntityEntry entry, IReadOnlyList<IProperty> properties) =>
        $"{type.GetRootType().Name} {JsonSerializer.Serialize(properties.Select(p => RowNames.TextOf(entry.Property(p.Name).CurrentValue)))}";
}
