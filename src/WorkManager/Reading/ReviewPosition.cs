using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WorkManager.Reading;

/// <summary>A place in the review queue: the earliest due first, then those without a due time; of those the higher priority, then what waits longer.</summary>
/// <param name="DueAt">When the order is due; null if at no time.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="SubmittedAt">Since when it waits.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct ReviewPosition(DateTimeOffset? DueAt, short Priority, DateTimeOffset SubmittedAt, Guid Id) : IParsable<ReviewPosition>
{
    public static ReviewPosition Of(WorkOrder order) => new(order.DueAt, order.Priority, order.SubmittedAt ?? DateTimeOffset.MinValue, order.Id);

    public static ReviewPosition Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var position) ? position : throw new FormatException();

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ReviewPosition result)
    {
        result = default;
        if (s?.Split('|') is not [var due, var priority, var submitted, var id]
            || !TryParseTime(due, out var dueAt) || !TryParseTime(submitted, out var submittedAt) || submittedAt is null
            || !short.TryParse(priority, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ofPriority)
            || !Guid.TryParse(id, out var ofOrder))
        {
            return false;
        }

        result = new(dueAt, ofPriority, submittedAt.Value, ofOrder);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{DueAt?.UtcTicks}|{Priority}|{SubmittedAt.UtcTicks}|{Id}");

    /// <summary>The orders after this place that have a due time if this one has, and none if not.</summary>
    public IQueryable<WorkOrder> After(IQueryable<WorkOrder> orders)
    {
        var (due, priority, submitted, id) = this;
        return due is null
            ? orders.Where(o => o.Priority < priority
                || (o.Priority == priority && (o.SubmittedAt > submitted || (o.SubmittedAt == submitted && o.Id.CompareTo(id) > 0))))
            : orders.Where(o => o.DueAt > due
                || (o.DueAt == due && (o.Priority < priority
                    || (o.Priority == priority && (o.SubmittedAt > submitted || (o.SubmittedAt == submitted && o.Id.CompareTo(id) > 0))))));
    }

    private static bool TryParseTime(string text, out DateTimeOffset? time)
    {
        time = null;
        if (text.Length == 0)
        {
            return true;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || ticks > DateTimeOffset.MaxValue.UtcTicks)
        {
            return false;
        }

        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }
}
