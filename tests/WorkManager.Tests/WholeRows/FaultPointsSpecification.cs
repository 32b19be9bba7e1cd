using System.Globalization;
using System.Reflection;
using AwesomeAssertions;

namespace WorkManager.Tests.WholeRows;

/// <summary>
/// Each command of each operation that writes may fail: then nothing was done, and done again it writes what it writes without a fault; or all of it was done.
/// </summary>
/// <remarks>
/// The operations are those of <see cref="WholeRowsSpecification"/>. A build tries one command of every fourth; <c>WORKMANAGER_FAULT_POINTS=1</c> tries all
/// commands of all, in every way.
/// </remarks>
public abstract class FaultPointsSpecification(WholeRowsSpecification operations, ITestOutputHelper output)
{
    private static readonly bool All = Environment.GetEnvironmentVariable("WORKMANAGER_FAULT_POINTS") == "1";

    private static readonly string[] LeftOut =
    [
        // Their commands are many, and their documents large.
        "fill_several_commands",
        // What is recorded of a refusal or a failure is told to the log if it cannot be stored: the caller hears of it in any case.
        "An_approval_by_", "whose_apply_fails", "has_changed_since_somebody_else",
        // A submit, and an approval that fails by itself: that is recorded.
        "An_automatic_approval",
        // As many operations, one of which fails by itself.
        "Approvals_of_several_orders",
    ];

    public static TheoryData<string> Operations => [.. Calls().Select(c => c.Name).Where(name => All || name.Sum(c => c) / 24 % 4 == 0)];

    [Theory, MemberData(nameof(Operations)), Trait("Promise", "P14")]
    public async Task Whichever_command_fails_it_is_done_whole_or_not_at_all(string operation)
    {
        var (_, method, arguments) = Calls().Single(c => c.Name == operation);
        // The same one in each build.
        var choice = operation.Sum(c => c);
        var faults = All ? Enum.GetValues<Fault>() : [Enum.GetValues<Fault>()[choice % 4]];
        var points = 0;
        foreach (var fault in faults)
        {
            for (var number = All ? 1 : 1 + (choice / 4 % 6);; number++)
            {
                var plan = FaultPlan.Current = new FaultPlan(fault, number);
                try
                {
                    await (Task)method.Invoke(operations, arguments)!;
                }
                catch (Exception wrong)
                {
                    throw new InvalidOperationException($"{fault}, command {number} of '{operation}'.", wrong);
                }
                finally
                {
                    FaultPlan.Current = null;
                }

                points += plan.HasFailed ? 1 : 0;
                if (!plan.HasFailed || !All)
                {
                    break;
                }
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{points} points"));
    }

    private static IEnumerable<(string Name, MethodInfo Method, object?[] Arguments)> Calls() =>
        from method in typeof(WholeRowsSpecification).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where method.GetCustomAttributes<FactAttribute>().Any() && !LeftOut.Any(part => method.Name.Contains(part, StringComparison.Ordinal))
        from arguments in method.GetCustomAttributes<InlineDataAttribute>().Select(d => d.Data).DefaultIfEmpty([])
        select ($"{method.Name}({string.Join(", ", arguments)})", method, arguments);
}

public sealed class FaultPointsOnSqlite(SqliteFixture databases, ITestOutputHelper output)
    : FaultPointsSpecification(new WholeRowsOnSqlite(databases), output), IOnSqlite;

public sealed class FaultPointsOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output)
    : FaultPointsSpecification(new WholeRowsOnPostgreSql(databases), output), IOnPostgreSql;
