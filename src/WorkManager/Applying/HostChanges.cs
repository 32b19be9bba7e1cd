using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using WorkManager.Execution;

namespace WorkManager.Applying;

/// <summary>Tells what an apply changed from what the host's context tracks, at each save: also at those that host code makes itself.</summary>
/// <remarks>
/// <para>
/// Rows are named <c>table:key</c>, with a JSON array of the values if the key has several columns, and added ones <c>new:table:n</c>: their keys may not be
/// known yet. What goes round the tracker is not seen.
/// </para>
/// <para>
/// It looks at the tracker when the first command of a save is about to be sent. Interceptors and overrides of the host have done their part by then: it sees
/// the stamps, and a deletion that they turned into a change.
/// </para>
/// </remarks>
internal sealed class HostChanges : IDisposable
{
    private readonly HostUnit hosted;
    private readonly DbContext host;
    private readonly JsonSerializerOptions json;
    private readonly JsonObject before = [];
    private readonly JsonObject after = [];
    private readonly Dictionary<string, int> added = [];
    private bool isSaving;

    public HostChanges(HostUnit hosted, JsonSerializerOptions json)
    {
        this.hosted = hosted;
        this.json = json;
        host = hosted.Host;
        host.SavingChanges += BeginSave;
        hosted.OnCommandOfSave(Record);
    }

    public WorkDiff ToDiff() => WorkDiff.Between(before, after);

    public void Dispose()
    {
        host.SavingChanges -= BeginSave;
        hosted.OnCommandOfSave(null);
    }

    private void BeginSave(object? sender, SavingChangesEventArgs e) => isSaving = true;

    /// <summary>Looks at the tracker at the first command of a save. The others send the rest of the same changes.</summary>
    private void Record()
    {
        if (!isSaving)
        {
            return;
        }

        isSaving = false;
        // EF Core has detected the changes already. To do it again in the middle of a save could change what is saved.
        var detects = host.ChangeTracker.AutoDetectChangesEnabled;
        host.ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            foreach (var entry in host.ChangeTracker.Entries().Where(x => x.State is EntityState.Added or EntityState.Modified or EntityState.Deleted))
            {
                Record(entry);
            }
        }
        finally
        {
            host.ChangeTracker.AutoDetectChangesEnabled = detects;
        }
    }

    private void Record(EntityEntry entry)
    {
        var table = entry.Metadata.GetTableName() ?? entry.Metadata.DisplayName();
        var row = KeyOf(entry, table);
        var properties = entry.Properties.Concat(entry.ComplexProperties.SelectMany(Flatten)).ToList();
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

    private static string KeyOf(EntityEntry entry, string table)
    {
        var values = entry.Metadata.FindPrimaryKey()?.Properties
            .Select(p => NameOf(entry.Property(p.Name).OriginalValue)).ToList();
        return values switch
        {
            null => table,
            [var value] => $"{table}:{value}",
            // Whatever the values hold, they can be read back.
            _ => $"{table}:{JsonSerializer.Serialize(values, JsonSerializerOptions.Web)}",
        };
    }

    // The usual text of a time has no fractions of a second, and that of bytes is the name of their type: two rows would have one name.
    private static string? NameOf(object? value) => value switch
    {
        DateTime or DateTimeOffset or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToBase64String(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

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
            return Convert.ToString(value, CultureInfo.InvariantCulture);
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
