using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Load.Measuring;

/// <summary>Counts what EF Core sends, step by step. For a pass of its own: listening takes time.</summary>
internal sealed partial class StatementCounter : ISteps, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string EntityFramework = "Microsoft.EntityFrameworkCore";

    private readonly Dictionary<string, (int Statements, int RoundTrips)> steps = [];
    private readonly List<IDisposable> subscriptions = [];
    private int statements;
    private int roundTrips;

    private StatementCounter() => subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public static async Task<StatementCounter> StartAsync()
    {
        var counter = new StatementCounter();
        // For a second EF Core remembers whether anybody listens.
        await Task.Delay(TimeSpan.FromSeconds(1.2));
        return counter;
    }

    /// <summary>What one item cost, in all and by step.</summary>
    public IReadOnlyList<StepCost> PerItem(int items, bool inProcess)
    {
        var all = new StepCost(Latencies.Whole, (double)steps.Values.Sum(s => s.Statements) / items, RoundTrips(steps.Values.Sum(s => s.RoundTrips)));
        return [all, .. steps.Select(s => new StepCost(s.Key, (double)s.Value.Statements / items, RoundTrips(s.Value.RoundTrips)))];

        double? RoundTrips(int count) => inProcess ? null : (double)count / items;
    }

    public void Mark(string step)
    {
        var before = steps.GetValueOrDefault(step);
        steps[step] = (before.Statements + Interlocked.Exchange(ref statements, 0), before.RoundTrips + Interlocked.Exchange(ref roundTrips, 0));
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == EntityFramework)
        {
            subscriptions.Add(value.Subscribe(
                this, name => name == RelationalEventId.CommandExecuting.Name || name == RelationalEventId.TransactionCommitting.Name));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // A transaction begins with its first statement: that takes no round trip.
        Interlocked.Increment(ref roundTrips);
        if (value.Value is CommandEventData command)
        {
            Interlocked.Add(ref statements, 1 + StatementEnd().Count(command.Command.CommandText.TrimEnd().TrimEnd(';')));
        }
    }

    public void OnError(Exception error)
    {
    }

    public void OnCompleted()
    {
    }

    public void Dispose() => subscriptions.ForEach(s => s.Dispose());

    // EF Core puts each statement of a batch on lines of its own, and all values into parameters.
    [GeneratedRegex(@";\s*\n")]
    private static partial Regex StatementEnd();
}
