using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace WorkManager.Applying;

/// <summary>Tells what an apply changed from what the host's context tracks, at each save: also at those that host code makes itself.</summary>
/// <remarks>Rows are named <c>table:key</c>, added ones <c>new:table:n</c>: their keys may not be known yet. What goes round the tracker is not seen.</remarks>
internal sealed class HostChanges : IDisposable
{
    private readonly DbContext host;
    private readonly JsonSerializerOptions json;
    private readonly JsonObject before = [];
    private readonly JsonObject after = [];
    private readonly Dictionary<string, int> added = [];

    public HostChanges(DbContext host, JsonSerializerOptions json)
    {
        this.host = host;
        this.json = json;
        host.SavingChanges += Record;
    }

    public WorkDiff ToDiff() => WorkDiff.Between(before, after);

    public void Dispose() => host.SavingChanges -= Record;

    private void Record(object? sender, SavingChangesEventArgs e)
    {
        host.ChangeTracker.DetectChanges();
        foreach (var entry in host.ChangeTracker.Entries().Where(x => x.State is EntityState.Added or EntityState.Modified or EntityState.Deleted))
        {
            Record(entry);
        }
    }

    private void Record(EntityEntry entry)
    {
        var table = entry.Metadata.GetTableName() ?? entry.Metadata.DisplayName();
        var row = KeyOf(entry, table);
        var properties = entry.Properties
            .Where(p => !p.Metadata.IsShadowProperty() || p.Metadata.IsForeignKey())
            .Concat(entry.ComplexProperties.SelectMany(Flatten))
            .ToList();
        switch (entry.State)
        {
            case EntityState.Added:
                added[table] = added.GetValueOrDefault(table) + 1;
                after[$"new:{table}:{added[table]}"] = Values(properties.Where(p => !p.IsTemporary), p => p.CurrentValue);
                break;
            case EntityState.Deleted:
                after.Remove(row);
                Merge(before, row, Values(properties, p => p.OriginalValue), latestWins: false);
                break;
            default:
                // A row that is saved twice keeps the values from before the first time.
                var modified = properties.Where(p => p.IsModified).ToList();
                Merge(before, row, Values(modified, p => p.OriginalValue), latestWins: false);
                Merge(after, row, Values(modified, p => p.CurrentValue), latestWins: true);
                break;
        }
    }

    private static string KeyOf(EntityEntry entry, string table) => entry.Metadata.FindPrimaryKey() is { } key
        ? $"{table}:{string.Join(",", key.Properties.Select(p => Convert.ToString(entry.Property(p.Name).OriginalValue, CultureInfo.InvariantCulture)))}"
        : table;

    private static IEnumerable<PropertyEntry> Flatten(ComplexPropertyEntry complex) => complex.Properties.Concat(complex.ComplexProperties.SelectMany(Flatten));

    private JsonObject Values(IEnumerable<PropertyEntry> properties, Func<PropertyEntry, object?> valueOf)
    {
        var values = new JsonObject();
        foreach (var property in properties)
        {
            values[property.Metadata.GetColumnName()] = Tell(property, valueOf);
        }

        return values;
    }

    // A value without a JSON form is told as text. A value that cannot be read, such as a member of a null value, is told as null. An apply must not fail
    // because of its audit.
    private JsonNode? Tell(PropertyEntry property, Func<PropertyEntry, object?> valueOf)
    {
        object? value = null;
        try
        {
            value = valueOf(property);
            return JsonSerializer.SerializeToNode(value, json);
        }
#pragma warning disable CA1031 // Getters of the value's type run here, and throw what they like: IPAddress throws a SocketException.
        catch (Exception)
#pragma warning restore CA1031
        {
            return Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    private static void Merge(JsonObject rows, string row, JsonObject values, bool latestWins)
    {
        if (rows[row] is not JsonObject known)
        {
            rows[row] = values;
            return;
        }

        foreach (var (name, value) in values)
        {
            if (latestWins || !known.ContainsKey(name))
            {
                known[name] = value?.DeepClone();
            }
        }
    }
}
