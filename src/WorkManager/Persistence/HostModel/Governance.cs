using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace WorkManager.Persistence.HostModel;

/// <summary>Keeps writes to governed entities of a host inside applies, as far as EF Core sees them.</summary>
/// <remarks>A guard rail, and no boundary: commands on the connection itself, and other programs, are not seen.</remarks>
internal static partial class Governance
{
    private const string Annotation = "WorkManager:GovernedWrites";

    private static readonly AsyncLocal<Bypass?> Bypassed = new();

    // Each save and each command asks for it.
    private static readonly ConditionalWeakTable<IReadOnlyModel, Dictionary<IReadOnlyEntityType, GovernedWrites>> Governed = [];

    /// <summary>Marks an entity type.</summary>
    public static void Mark(IMutableEntityType type, GovernedWrites rule) => type.SetAnnotation(Annotation, rule.ToString());

    /// <summary>Allows writes through a context until the result is disposed.</summary>
    public static IDisposable Allow(DbContext context, string reason) => Bypassed.Value = new Bypass(context, reason, Bypassed.Value);

    /// <summary>Checks a row that a context is about to save.</summary>
    /// <exception cref="GovernedWriteException">It is governed, and nothing allows it.</exception>
    public static void CheckSave(DbContext context, IReadOnlyEntityType type)
    {
        if (RulesOf(context).TryGetValue(type, out var rule))
        {
            Check(context, type, rule);
        }
    }

    /// <summary>Checks a command that a context is about to send past its tracker.</summary>
    /// <exception cref="GovernedWriteException">It writes a table of a governed entity, and nothing allows it.</exception>
    public static void CheckCommand(DbContext context, string text)
    {
        foreach (var (type, rule) in RulesOf(context))
        {
            if (type.GetTableName() is { } table && Writes(text, table))
            {
                Check(context, type, rule);
            }
        }
    }

    private static void Check(DbContext context, IReadOnlyEntityType type, GovernedWrites rule)
    {
        // What runs after the commit, or in another context, is no part of the apply that was approved.
        if (ApplyScope.Host == context)
        {
            return;
        }

        if (Bypassed.Value?.For(context) is { } reason)
        {
            LogOf(context).GovernanceBypassed(type.DisplayName(), reason);
        }
        else if (rule == GovernedWrites.Warn)
        {
            LogOf(context).GovernedWrite(type.DisplayName());
        }
        else
        {
            throw GovernedWriteException.OfTheHost(type.DisplayName());
        }
    }

    private static Dictionary<IReadOnlyEntityType, GovernedWrites> RulesOf(DbContext context) => Governed.GetValue(
        context.Model,
        model => model.GetEntityTypes().Where(type => RuleOf(type) is not null).ToDictionary(type => type, type => RuleOf(type)!.Value));

    // A value that is stored with its owner, and a derived type, are governed with it.
    private static GovernedWrites? RuleOf(IReadOnlyEntityType type)
    {
        for (var part = type; part is not null; part = part.BaseType ?? part.FindOwnership()?.PrincipalEntityType)
        {
            if (part.FindAnnotation(Annotation) is { Value: string rule })
            {
                return Enum.Parse<GovernedWrites>(rule);
            }
        }

        return null;
    }

    private static bool Writes(string text, string table) => text.Contains(table, StringComparison.OrdinalIgnoreCase)
        && WrittenTables().Matches(text).Any(m => string.Equals(m.Groups["table"].Value, table, StringComparison.OrdinalIgnoreCase));

    private static ILogger LogOf(DbContext context) =>
        ((IInfrastructure<IServiceProvider>)context).Instance.GetService(typeof(ILoggerFactory)) is ILoggerFactory factory
            ? factory.CreateLogger(typeof(Governance).FullName!)
            : NullLogger.Instance;

    private const string Verb = """\b(update|delete\s+from|insert\s+(or\s+\w+\s+)?into|replace\s+into|merge\s+into|truncate(\s+table)?|copy)\s+(only\s+)?""";

    // With its schema, and in whichever quotation marks.
    private const string Table = """(["`\[]?\w+["`\]]?\s*\.\s*)?["`\[]?(?<table>[\w$]+)""";

    [GeneratedRegex(Verb + Table, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WrittenTables();

    private sealed class Bypass(DbContext context, string reason, Bypass? outer) : IDisposable
    {
        private bool isOver;

        /// <summary>Why writes through a context are allowed; null if they are not.</summary>
        public string? For(DbContext writing) => !isOver && writing == context ? reason : outer?.For(writing);

        public void Dispose()
        {
            isOver = true;
            if (Bypassed.Value == this)
            {
                Bypassed.Value = outer;
            }
        }
    }
}
