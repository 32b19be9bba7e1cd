using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WorkManager.Reading;

/// <summary>How far a list of events was read.</summary>
/// <remarks>
/// On PostgreSQL, ids are given out before their transactions commit: an event can appear below one that was read already. So the events that are committed
/// when a list is begun are read by their ids, then those that were committed meanwhile, and so on, until there are no more.
/// </remarks>
/// <param name="Id">The last event that was read; 0 for none.</param>
/// <param name="Until">Only events that were committed in this snapshot of the database; null if the database needs none.</param>
/// <param name="Since">Only events that were not committed in this snapshot; null for all.</param>
internal readonly record struct EventPosition(long Id, string? Until, string? Since) : IParsable<EventPosition>
{
    public static EventPosition Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out var position) ? position : throw new FormatException();

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out EventPosition result)
    {
        result = default;
        if (s?.Split('|') is not [var id, var until, var since]
            || !long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var last) || !IsSnapshot(until) || !IsSnapshot(since))
        {
            return false;
        }

        result = new EventPosition(last, NullIfEmpty(until), NullIfEmpty(since));
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}|{Until}|{Since}");

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    // "xmin:xmax:running, …", as pg_current_snapshot() writes it. PostgreSQL refuses others, and the caller should hear that the cursor is wrong.
    private static bool IsSnapshot(string text)
    {
        if (text.Length == 0)
        {
            return true;
        }

        if (text.Split(':') is not [var min, var max, var running])
        {
            return false;
        }

        var numbers = new List<long>();
        foreach (var part in (string[])[min, .. running.Split(',', StringSplitOptions.RemoveEmptyEntries), max])
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            numbers.Add(number);
        }

        var isAscending = numbers.Zip(numbers.Skip(1), (a, b) => a <= b).All(ascends => ascends);
        var isBelowMax = numbers.Count == 2 || numbers[^2] < numbers[^1];
        return numbers[0] > 0 && isAscending && isBelowMax;
    }
}
