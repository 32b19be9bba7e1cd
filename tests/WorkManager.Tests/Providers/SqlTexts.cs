using System.Reflection;
using System.Text.RegularExpressions;
using WorkManager.Providers;

namespace WorkManager.Tests.Providers;

/// <summary>The SQL statements of the library, and what they do to states.</summary>
internal static partial class SqlTexts
{
    /// <summary>All statements, by the class and field that hold them. Some fields hold several texts for the same.</summary>
    public static ILookup<string, string> All { get; } =
        (from type in typeof(Statement).Assembly.GetTypes()
         where !type.ContainsGenericParameters
         from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
         where IsOfStatements(field.FieldType)
         from text in TextsIn(field.GetValue(null)!)
         select (Name: $"{type.Name}.{field.Name}", Text: Spaces().Replace(text, " ").Trim())).ToLookup(s => s.Name, s => s.Text);

    /// <summary>The tables whose state a text assigns, each with what is assigned.</summary>
    public static IEnumerable<(string Table, string Value)> AssignedStates(string text)
    {
        foreach (Match update in Update().Matches(text))
        {
            foreach (var assignment in TopLevelParts(text[(update.Index + update.Length)..]))
            {
                if (Assignment().Match(assignment) is { Success: true } assigned)
                {
                    yield return (update.Groups["table"].Value, assigned.Groups["value"].Value);
                }
            }
        }

        // No statement inserts orders or items: units of work do. One that did would have to be listed with its states, too.
        foreach (Match insert in Insert().Matches(text))
        {
            yield return (insert.Groups["table"].Value, insert.Value);
        }
    }

    /// <summary>The sets of states that a text asks rows of a table for.</summary>
    public static IEnumerable<IReadOnlyList<string>> RequiredStates(string text, string table)
    {
        var aliases = Alias().Matches(text).Where(m => m.Groups["table"].Value == table).Select(m => m.Groups["alias"].Value);
        string[] names = [.. aliases, table, ""];
        return
            from Match guard in Guard().Matches(text)
            where names.Contains(guard.Groups["alias"].Value)
            select StatesIn(guard.Groups["states"].Value);
    }

    /// <summary>The names in quotes, but for those that a CASE only asks for.</summary>
    public static IReadOnlyList<string> StatesIn(string sql) =>
        [.. Quoted().Matches(Condition().Replace(sql, "THEN")).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)];

    private static bool IsOfStatements(Type type) =>
        type == typeof(Statement) || (type.Namespace?.StartsWith("WorkManager.Providers", StringComparison.Ordinal) == true && FieldsOf(type).Any());

    private static IEnumerable<FieldInfo> FieldsOf(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Where(f => f.FieldType != type && IsOfStatements(f.FieldType));

    private static IEnumerable<string> TextsIn(object held) =>
        held is Statement statement ? [statement.Text] : FieldsOf(held.GetType()).SelectMany(f => TextsIn(f.GetValue(held)!));

    /// <summary>What a SET clause assigns, one by one, up to its end.</summary>
    private static List<string> TopLevelParts(string sql)
    {
        var (parts, start, depth, quoted) = (new List<string>(), 0, 0, false);
        for (var i = 0; i <= sql.Length; i++)
        {
            quoted ^= i < sql.Length && sql[i] == '\'';
            depth += i == sql.Length || quoted ? 0 : sql[i] switch { '(' => 1, ')' => -1, _ => 0 };
            var ends = i == sql.Length || (!quoted && (depth < 0 || (depth == 0 && EndOfSet().IsMatch(sql[i..]))));
            if (ends || (!quoted && depth == 0 && sql[i] == ','))
            {
                parts.Add(sql[start..i]);
                start = i + 1;
            }

            if (ends)
            {
                break;
            }
        }

        return parts;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\bUPDATE (?:OR \w+ |ONLY )?\W?(?<table>work_orders|work_items)\W?(?: (?:AS )?\w+)? SET ", RegexOptions.IgnoreCase)]
    private static partial Regex Update();

    [GeneratedRegex(@"\b(?:INSERT (?:OR \w+ )?INTO|REPLACE INTO|MERGE INTO) \W?(?<table>work_orders|work_items)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Insert();

    // One column, or a row of columns with the state among them.
    [GeneratedRegex(@"^\s*(?:""?state""?|\([^)]*\bstate\b[^)]*\))\s*=(?<value>.*)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^(?: (?:FROM|WHERE|RETURNING)\b|;)", RegexOptions.IgnoreCase)]
    private static partial Regex EndOfSet();

    [GeneratedRegex(@"\[(?<table>\w+)\] AS (?<alias>\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex Alias();

    [GeneratedRegex(@"\b(?:WHERE|AND|ON) (?:(?<alias>\w+)\.)?state (?:\|\| '' )?(?:IN \((?<states>[^)]*)\)|= (?<states>'\w+'))", RegexOptions.IgnoreCase)]
    private static partial Regex Guard();

    [GeneratedRegex(@"\bWHEN\b.*?\bTHEN\b", RegexOptions.IgnoreCase)]
    private static partial Regex Condition();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
