using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Tests.Plans;

/// <summary>The commands that any context sends to a database, the engine's included, with their values, and the transactions that it begins.</summary>
internal sealed class SentCommands : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly TestDatabase database;
    private readonly ConcurrentQueue<(string Text, IReadOnlyList<(string Name, object? Value)> Values)> sent = [];
    private readonly ConcurrentQueue<IsolationLevel> begun = [];
    private readonly ConcurrentBag<IDisposable> subscriptions = [];
    private int roundTrips;

    public SentCommands(TestDatabase database)
    {
        this.database = database;
        subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>How many statements were sent: a command may hold several.</summary>
    public int Statements => sent.Sum(command => command.Text.Split(";\n", StringSplitOptions.RemoveEmptyEntries).Length);

    /// <summary>How often the engine waited for an answer: its commands, and the commits.</summary>
    public int RoundTrips => roundTrips;

    /// <summary>All commands, in the order in which they were sent.</summary>
    public IReadOnlyList<(string Text, IReadOnlyList<(string Name, object? Value)> Values)> All => [.. sent];

    /// <summary>The levels of the transactions, in the order in which they began.</summary>
    public IReadOnlyList<IsolationLevel> Transactions => [.. begun];

    /// <summary>The last command that contains a text.</summary>
    public (string Text, IReadOnlyList<(string Name, object? Value)> Values) LastWith(string part) =>
        sent.Last(command => command.Text.Contains(part, StringComparison.Ordinal));

    /// <summary>The command again, with something before it, on a connection of one's own.</summary>
    public static DbCommand Repeat(DbConnection connection, string prefix, (string Text, IReadOnlyList<(string Name, object? Value)> Values) command)
    {
        var repeated = connection.CreateCommand();
#pragma warning disable CA2100 // It is the library's own text.
        repeated.CommandText = prefix + command.Text;
#pragma warning restore CA2100
        foreach (var (name, value) in command.Values)
        {
            var parameter = repeated.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            repeated.Parameters.Add(parameter);
        }

        return repeated;
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
        {
            subscriptions.Add(value.Subscribe(this, name => name == RelationalEventId.CommandExecuting.Name || name == RelationalEventId.TransactionStarted.Name
                    || name == RelationalEventId.TransactionCommitting.Name));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // What another subscriber asks for comes to this one, too.
        if (value.Key == RelationalEventId.TransactionStarted.Name && value.Value is TransactionEventData { Transaction: var transaction, Context: { } beginner }
            && beginner.Database.GetConnectionString() == database.ConnectionString)
        {
            begun.Enqueue(transaction.IsolationLevel);
        }

        if (value.Key == RelationalEventId.TransactionCommitting.Name && value.Value is TransactionEventData { Context: { } committer }
            && committer.Database.GetConnectionString() == database.ConnectionString)
        {
            Interlocked.Increment(ref roundTrips);
        }

        if (value.Key == RelationalEventId.CommandExecuting.Name && value.Value is CommandEventData { Command: var command, Context: { } context }
            && context.Database.GetConnectionString() == database.ConnectionString)
        {
            if (context is WorkManagerDbContext)
            {
                Interlocked.Increment(ref roundTrips);
            }

            sent.Enqueue((command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(p => (p.ParameterName, p.Value))]));
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        foreach (var subscription in subscriptions)
        {
            subscription.Dispose();
        }
    }
}
