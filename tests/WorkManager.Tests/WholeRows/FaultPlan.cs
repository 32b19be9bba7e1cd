using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace WorkManager.Tests.WholeRows;

/// <summary>How a command fails.</summary>
public enum Fault
{
    /// <summary>It is not sent.</summary>
    BeforeIt,

    /// <summary>It was done, and its answer is lost.</summary>
    AfterIt,

    /// <summary>The database cannot do it beside what others do.</summary>
    Conflict,

    /// <summary>The connection is gone.</summary>
    Cut,
}

/// <summary>Fails the k-th command of a call: a statement, or a commit.</summary>
internal sealed class FaultPlan(Fault fault, int number) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static readonly AsyncLocal<FaultPlan?> Planned = new();

    private static readonly string[] Points =
    [
        RelationalEventId.CommandExecuting.Name!, RelationalEventId.CommandExecuted.Name!,
        RelationalEventId.TransactionCommitting.Name!, RelationalEventId.TransactionCommitted.Name!,
    ];

    private readonly List<IDisposable> subscriptions = [];
    private TestDatabase? database;
    private int seen;

    /// <summary>The plan for the stories of this flow; null for none.</summary>
    public static FaultPlan? Current
    {
        get => Planned.Value;
        set => Planned.Value = value;
    }

    /// <summary>Whether the call had so many commands.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Runs a call, of which the k-th command fails.</summary>
    /// <returns>What the call threw; null if it did not.</returns>
    public async Task<Exception?> RunAsync(TestDatabase target, Func<Task> call)
    {
        database = target;
        subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        try
        {
            return await Record.ExceptionAsync(call);
        }
        finally
        {
            subscriptions.ForEach(s => s.Dispose());
        }
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
        {
            subscriptions.Add(value.Subscribe(this, name => name is not null && Points.Contains(name)));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        var isAfter = value.Key == RelationalEventId.CommandExecuted.Name || value.Key == RelationalEventId.TransactionCommitted.Name;
        var isBefore = value.Key == RelationalEventId.CommandExecuting.Name || value.Key == RelationalEventId.TransactionCommitting.Name;
        if ((fault == Fault.AfterIt ? isAfter : isBefore) && !HasFailed && value.Value is DbContextEventData { Context: { } context }
            && context.Database.GetConnectionString() == database!.ConnectionString && ++seen == number)
        {
            HasFailed = true;
            Fail(context);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void Fail(DbContext context)
    {
        var isSqlite = database!.Provider == Provider.Sqlite;
        switch (fault)
        {
            case Fault.Conflict:
                throw isSqlite
                    ? new SqliteException("The database is locked.", 5)
                    : new PostgresException("could not serialize access", "ERROR", "ERROR", PostgresErrorCodes.SerializationFailure);
            case Fault.Cut when !isSqlite:
                Cut((NpgsqlConnection)context.Database.GetDbConnection());
                break;
            case Fault.Cut:
                context.Database.GetDbConnection().Close();
                break;
            default:
                throw new InjectedException();
        }
    }

    private void Cut(NpgsqlConnection connection)
    {
        using var other = (NpgsqlConnection)database!.CreateConnection();
        other.Open();
        using var kill = other.CreateCommand();
        kill.CommandText = "SELECT pg_terminate_backend(@pid, 5000)";
        kill.Parameters.AddWithValue("pid", connection.ProcessID);
        kill.ExecuteScalar();
    }

    /// <summary>No failure that anybody expects.</summary>
    private sealed class InjectedException() : DbException("An injected fault.");
}
