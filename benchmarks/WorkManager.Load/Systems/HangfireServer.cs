using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using WorkManager.Load.Databases;

namespace WorkManager.Load.Systems;

/// <summary>Hangfire's server, with a job that returns at once.</summary>
internal sealed class HangfireServer(PostgreSqlDatabase database, int workers)
{
    private static int done;

    /// <summary>The job.</summary>
    public static void Run(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        Interlocked.Increment(ref done);
    }

    /// <summary>Enqueues jobs: one as an application would, the others as copies of it.</summary>
    public async Task RefillAsync(int jobs)
    {
        // It makes its tables.
        var storage = Storage();
        await database.ExecuteAsync("hangfire-clear");
        new BackgroundJobClient(storage).Enqueue(() => Run(Documents.InputValue.Text));
        await database.ExecuteAsync("hangfire-fill", ("jobs", jobs));
        await database.SettleAsync();
    }

    /// <summary>Runs the server until it has called so many jobs.</summary>
    public async Task RunAsync(int jobs)
    {
        done = 0;
        var options = new BackgroundJobServerOptions { WorkerCount = workers, StopTimeout = TimeSpan.FromSeconds(5) };
        using var server = new BackgroundJobServer(options, Storage());
        while (Volatile.Read(ref done) < jobs)
        {
            await Task.Delay(1);
        }
    }

    private PostgreSqlStorage Storage()
    {
        var options = new PostgreSqlStorageOptions();
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(database.ConnectionString, options), options);
    }
}
