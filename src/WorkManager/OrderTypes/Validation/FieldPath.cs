using System.Globalization;
using System.Text;

namespace WorkManager.OrderTypes.Validation;

/// <summary>The place of the walker, as dotted wire names. It becomes a text only if there is an error to report.</summary>
internal sealed class FieldPath
{
    /// <summary>Names may come from the sender, and may be long: an error must not repeat the payload.</summary>
    internal const int MaxNameLength = 64;

    private readonly List<(string? Name, int Index)> segments = [];

    public int Depth => this.segments.Count;

    public void Push(string name) => this.segments.Add((name, -1));

    public void Push(int index) => this.segments.Add((null, index));

    public void Pop() => this.segments.RemoveAt(this.segments.Count - 1);

    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < this.segments.Count; i++)
        {
            var (name, index) = this.segments[i];
            text.Append(i is 0 ? "" : ".");
            _ = name is null ? text.Append(index.ToString(CultureInfo.InvariantCulture)) : AppendSafe(text, name);
        }

        return text.ToString();
    }

    private static StringBuilder AppendSafe(StringBuilder text, string name)
    {
        var taken = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            if (taken++ == MaxNameLength)
            {
                return text.Append('…');
            }

            // A control character in a name would end up in logs and terminals.
            text.Append(Rune.IsControl(rune) ? Rune.ReplacementChar : rune);
        }

        return text;
    }
}
