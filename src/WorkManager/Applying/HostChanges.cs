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
        var members = MembersOf(entry).ToList();
        switch (entry.State)
        {
            case EntityState.Added:
                added[table] = added.GetValueOrDefault(table) + 1;
                after[$"new:{table}:{added[table]}"] = Values(members.Where(m => !m.IsTemporary), m => m.Current);
                break;
            case EntityState.Deleted:
                after.Remove(row);
                Merge(before, row, Values(members, m => m.Original), latestWins: false);
                break;
            default:
                // A row that is saved twice keeps the values from before the first time.
                var modified = members.Where(m => m.IsModified).ToList();
                Merge(before, row, Values(modified, m => m.Original), latestWins: false);
                Merge(after, row, Values(modified, m => m.Current), latestWins: true);
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

    /// <summary>What a row holds: its columns, and as one value each collection that is stored as JSON.</summary>
    private static IEnumerable<Member> MembersOf(EntityEntry entry) =>
        entry.Properties.Select(p => Of(p, "")).Concat(entry.ComplexProperties.SelectMany(c => MembersOf(c, "")))
            .Concat(entry.ComplexCollections.Select(c => new Member(
                c.Metadata.Name, c.IsModified, IsTemporary: false, () => entry.OriginalValues[c.Metadata], () => entry.CurrentValues[c.Metadata])));

    // Members of a value that is stored as JSON have no columns, and may have the names of others.
    private static IEnumerable<Member> MembersOf(ComplexPropertyEntry complex, string within)
    {
        var prefix = complex.Metadata.ComplexType.IsMappedToJson() ? $"{within}{complex.Metadata.Name}." : within;
        return complex.Properties.Select(p => Of(p, prefix)).Concat(complex.ComplexProperties.SelectMany(c => MembersOf(c, prefix)));
    }

    private static Member Of(PropertyEntry property, string prefix) => new(
        prefix + property.Metadata.GetColumnName(), property.IsModified, property.IsTemporary, () => property.OriginalValue, () => property.CurrentValue);

    private JsonObject Values(IEnumerable<Member> members, Func<Member, Func<object?>> valueOf)
    {
        var values = new JsonObject();
        foreach (var member in members)
        {
            values[member.Name] = Tell(valueOf(member));
        }

        return values;
    }

    // A value without a JSON form is told as text. A value that cannot be read, such as a member of a null value, is told as null. An apply must not fail
    // because of its audit.
    private JsonNode? Tell(Func<object?> read)
    {
        object? value = null;
        try
        {
            value = read();
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

    private sealed record Member(string Name, bool IsModified, bool IsTemporary, Func<object?> Original, Func<object?> Current);
}
