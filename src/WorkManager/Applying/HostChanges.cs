using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Changes;
using WorkManager.Execution;
using WorkManager.Reversals;

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
    private readonly NewRows added;
    private readonly RowsForReview? reviewed;
    private readonly ReversibleChanges? kept;
    private readonly List<UnseenCommand> unseen = [];
    private bool isSaving;

    /// <param name="hosted">The transaction of the apply.</param>
    /// <param name="json">How values are told.</param>
    /// <param name="forReview">Whether what is changed is compared with a review, or is to be one.</param>
    /// <param name="kept">Keeps what is changed; null if nobody does.</param>
    public HostChanges(HostUnit hosted, JsonSerializerOptions json, bool forReview = false, ReversibleChanges? kept = null)
    {
        this.hosted = hosted;
        this.json = json;
        this.kept = kept;
        host = hosted.Host;
        added = new NewRows(host);
        reviewed = forReview ? new RowsForReview() : null;
        host.SavingChanges += BeginSave;
        hosted.OnCommandOfSave(Record);
        if (forReview || kept is not null)
        {
            hosted.OnWriteAroundTracker((kind, sql, rows) => unseen.Add(new(kind, sql, rows)));
        }
    }

    /// <summary>What was changed, for a review.</summary>
    /// <exception cref="InvalidOperationException">It was not asked for.</exception>
    public RowsForReview Reviewed => reviewed ?? throw new InvalidOperationException("These changes are recorded for the audit trail only.");

    /// <summary>What went past the tracker.</summary>
    public IReadOnlyList<UnseenCommand> Unseen => unseen;

    public WorkDiff ToDiff() => WorkDiff.Between(before, after);

    public void Dispose()
    {
        host.SavingChanges -= BeginSave;
        hosted.OnCommandOfSave(null);
        hosted.OnWriteAroundTracker(null);
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
            var changed = host.ChangeTracker.Entries().Where(x => x.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList();
            added.Look(changed);
            changed.ForEach(Record);
            kept?.Record(changed, added.OwnerOf);
        }
        finally
        {
            host.ChangeTracker.AutoDetectChangesEnabled = detects;
        }
    }

    private void Record(EntityEntry entry)
    {
        var table = RowNames.TableOf(entry);
        // A row that was added in an earlier save is still a new one.
        var name = added.NameOf(entry);
        var row = name ?? RowNames.KeyOf(entry, table);
        var members = MembersOf(entry).ToList();
        if (added.OwnerOf(entry) is { } owner && owner.State != entry.State && entry.State != EntityState.Modified)
        {
            RecordPart(entry, table, row, members.FindAll(m => m.Property?.IsPrimaryKey() != true));
            return;
        }

        switch (entry.State)
        {
            case EntityState.Added:
                Merge(after, row, Values(members.Where(m => !m.IsTemporary), m => m.Current), latestWins: true);
                reviewed?.Add(table, row, members.Select(m => ToReview(entry, m, before: false, after: true)));
                break;
            case EntityState.Deleted:
                after.Remove(row);
                reviewed?.Delete(table, row, isNew: name is not null, members.Select(m => ToReview(entry, m, before: true, after: false)));
                if (name is null)
                {
                    Merge(before, row, Values(members, m => m.Original), latestWins: false);
                }

                break;
            default:
                // A row that is saved twice keeps the values from before the first time.
                var modified = members.Where(m => m.IsModified).ToList();
                if (name is null)
                {
                    Merge(before, row, Values(modified, m => m.Original), latestWins: false);
                }

                Merge(after, row, Values(modified, m => m.Current), latestWins: true);
                reviewed?.Modify(table, row, isNew: name is not null, modified.Select(m => ToReview(entry, m, before: name is null, after: true)));
                break;
        }
    }

    /// <summary>A value of a row that stays comes or goes: columns of the row change.</summary>
    private void RecordPart(EntityEntry entry, string table, string row, List<Member> members)
    {
        var isNew = added.NameOf(entry) is not null;
        if (entry.State == EntityState.Added)
        {
            Merge(after, row, Values(members, m => m.Current), latestWins: true);
            Merge(before, row, Values(isNew ? [] : members, _ => () => null), latestWins: false);
            reviewed?.AddPart(table, row, isNew, members.Select(m => ToReview(entry, m, before: false, after: true)));
            return;
        }

        Merge(before, row, Values(isNew ? [] : members, m => m.Original), latestWins: true);
        Merge(after, row, Values(members, _ => () => null), latestWins: false);
        reviewed?.DeletePart(table, row, isNew, members.Select(m => ToReview(entry, m, before: !isNew, after: false)));
    }

    private ReviewedValue ToReview(EntityEntry entry, Member member, bool before, bool after)
    {
        var reference = after && member.Property is { } property ? added.ReferenceOf(entry, property) : null;
        var isReviewed = reference is not null || (!member.IsTemporary && (member.Property is null || IsReviewed(entry, member)));
        return new(
            member.Name, before ? Tell(member.Original) : null, reference is not null ? JsonValue.Create(reference) : after ? Tell(member.Current) : null,
            isReviewed, member.IsRedacted);
    }

    // What the database makes differs each time.
    private static bool IsReviewed(EntityEntry entry, Member member)
    {
        var property = member.Property!;
        var isGenerated = property.ValueGenerated switch
        {
            ValueGenerated.Never => false,
            ValueGenerated.OnAdd => entry.State == EntityState.Added && !property.IsKey() && Equals(member.Current(), property.Sentinel),
            _ => true,
        };
        return !isGenerated && !property.IsConcurrencyToken && !ReviewAnnotations.IsNotReviewed(property);
    }

    /// <summary>What a row holds: its columns, and as one value each collection that is stored as JSON.</summary>
    private static IEnumerable<Member> MembersOf(EntityEntry entry) =>
        entry.Properties.Select(p => Of(p, "", TableOf(entry))).Concat(entry.ComplexProperties.SelectMany(c => MembersOf(c, "", TableOf(entry))))
            .Concat(entry.ComplexCollections.Select(c => new Member(
                c.Metadata.Name, null, c.IsModified, IsTemporary: false, () => entry.OriginalValues[c.Metadata], () => entry.CurrentValues[c.Metadata])));

    private static StoreObjectIdentifier? TableOf(EntityEntry entry) => StoreObjectIdentifier.Create(entry.Metadata, StoreObjectType.Table);

    // Members of a value that is stored as JSON have no columns, and may have the names of others.
    private static IEnumerable<Member> MembersOf(ComplexPropertyEntry complex, string within, StoreObjectIdentifier? table)
    {
        var prefix = complex.Metadata.ComplexType.IsMappedToJson() ? $"{within}{complex.Metadata.Name}." : within;
        return complex.Properties.Select(p => Of(p, prefix, table)).Concat(complex.ComplexProperties.SelectMany(c => MembersOf(c, prefix, table)));
    }

    // The name of a column in its table: a value that shares the row of its owner has others there than in a table of its own.
    private static Member Of(PropertyEntry property, string prefix, StoreObjectIdentifier? table) => new(
        prefix + ((table is { } named ? property.Metadata.GetColumnName(named) : null) ?? property.Metadata.GetColumnName()), property.Metadata,
        property.IsModified, property.IsTemporary, () => property.OriginalValue, () => property.CurrentValue);

    private JsonObject Values(IEnumerable<Member> members, Func<Member, Func<object?>> valueOf)
    {
        var values = new JsonObject();
        foreach (var member in members)
        {
            values[member.Name] = member.IsRedacted ? RowsForReview.Redacted : Tell(valueOf(member));
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

    private sealed record Member(
        string Name, IProperty? Property, bool IsModified, bool IsTemporary, Func<object?> Original, Func<object?> Current)
    {
        public bool IsRedacted { get; } = Property is not null && ReviewAnnotations.IsRedacted(Property);
    }
}
