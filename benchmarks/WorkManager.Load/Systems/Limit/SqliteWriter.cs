using Microsoft.Data.Sqlite;
using WorkManager.Load.Databases;
using WorkManager.Load.Measuring;

namespace WorkManager.Load.Systems.Limit;

/// <summary>The one connection that all callers write through, in turns.</summary>
internal sealed class SqliteWriter : ISession
{
    private readonly SqliteConnection connection;
    private readonly SemaphoreSlim turn = new(1);
    private readonly SqliteStatement begin;
    private readonly SqliteStatement commit;
    private readonly Func<ISteps, Task<int>> work;

    /// <param name="database">Where to write.</param>
    /// <param name="prepare">Prepares the statements, and returns what a caller does with them.</param>
    public SqliteWriter(SqliteDatabase database, Func<SqliteWriter, Func<ISteps, Task<int>>> prepare)
    {
        connection = (SqliteConnection)database.CreateConnection();
        connection.Open();
        begin = new SqliteStatement(connection, "BEGIN IMMEDIATE", []);
        commit = new SqliteStatement(connection, "COMMIT", []);
        work = prepare(this);
    }

    public Task<ICaller> OpenCallerAsync() => Task.FromResult<ICaller>(new Caller(work));

    /// <summary>The statements of a file, with the values that never change.</summary>
    public SqliteStatement[] Prepare(string file, Dictionary<string, object> constants) =>
        [.. SqlFile.ReadStatements("sqlite", file).Select(s => new SqliteStatement(connection, s, constants))];

    /// <summary>Runs statements as one transaction.</summary>
    public async Task<T> TransactAsync<T>(Func<DateTime, T> body)
    {
        await turn.WaitAsync();
        try
        {
            begin.Execute();
            var result = body(TimeProvider.System.GetUtcNow().UtcDateTime);
            commit.Execute();
            return result;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        turn.Dispose();
    }
}

/// <summary>A prepared statement, with a parameter for each name in its text.</summary>
internal sealed class SqliteStatement
{
    private readonly SqliteCommand command;

    public SqliteStatement(SqliteConnection connection, string text, Dictionary<string, object> constants)
    {
        command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in SqlFile.ParametersOf(text))
        {
            command.Parameters.AddWithValue(name, constants.GetValueOrDefault(name, DBNull.Value));
        }

        command.Prepare();
    }

    public object this[string name]
    {
        set => command.Parameters[name].Value = value;
    }

    public int Execute() => command.ExecuteNonQuery();

    public List<T> Read<T>(Func<SqliteDataReader, T> row)
    {
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }
}
