using System.Globalization;

namespace WorkManager.OrderTypes.Validation;

/// <summary>A minimum or maximum. Compared in decimal where possible, so that 0.1 is 0.1 and the limits of a long are exact.</summary>
internal sealed class NumberLimit
{
    private readonly double value;
    private readonly decimal? exact;

    public NumberLimit(decimal value, bool exclusive = false)
    {
        this.value = (double)value;
        this.exact = value;
        Exclusive = exclusive;
        Text = value.ToString(CultureInfo.InvariantCulture);
    }

    public NumberLimit(double value, bool exclusive = false)
    {
        this.value = value;
        this.exact = Math.Abs(value) < (double)decimal.MaxValue ? (decimal)value : null;
        Exclusive = exclusive;
        Text = value.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Whether the limit itself is already refused.</summary>
    public bool Exclusive { get; }

    /// <summary>The limit as JSON number text.</summary>
    public string Text { get; }

    public bool IsAbove(decimal number) => Crosses(this.exact is { } exact ? exact.CompareTo(number) : this.value.CompareTo((double)number));

    public bool IsAbove(double number) => Crosses(this.value.CompareTo(number));

    public bool IsBelow(decimal number) => Crosses(this.exact is { } exact ? number.CompareTo(exact) : ((double)number).CompareTo(this.value));

    public bool IsBelow(double number) => Crosses(number.CompareTo(this.value));

    /// <summary>The stricter of two minimums.</summary>
    public static NumberLimit Higher(NumberLimit? one, NumberLimit other) => one is null || IsStricter(other, Compare(other, one)) ? other : one;

    /// <summary>The stricter of two maximums.</summary>
    public static NumberLimit Lower(NumberLimit? one, NumberLimit other) => one is null || IsStricter(other, Compare(one, other)) ? other : one;

    private static bool IsStricter(NumberLimit limit, int comparison) => comparison > 0 || (comparison == 0 && limit.Exclusive);

    private static int Compare(NumberLimit one, NumberLimit other) =>
        one.exact is { } x && other.exact is { } y ? x.CompareTo(y) : one.value.CompareTo(other.value);

    // Positive: beyond the limit. Zero: on it.
    private bool Crosses(int comparison) => comparison > 0 || (comparison == 0 && Exclusive);
}
