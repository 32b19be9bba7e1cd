using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.States;
using WorkManager.Load.Databases;
using WorkManager.Load.Measuring;

namespace WorkManager.Load.Systems;

/// <summary>Hangfire's storage: fetch a job, and complete it. Less than its worker does, which also marks the job as processing.</summary>
internal sealed class HangfireSystem
{
    private static readonly string[] Queues = [EnqueuedState.DefaultQueue];
    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    private readonly PostgreSqlDatabase database;
    private readonly PostgreSqlStorage storage;

    public HangfireSystem(PostgreSqlDatabase database)
    {
        this.database = database;
        var options = new PostgreSqlStorageOptions();
        storage = new PostgreSqlStorage(new NpgsqlConnectionFactory(database.ConnectionString, options), options);
    }

    /// <summary>The job's method. Nobody calls it: what is measured is the storage.</summary>
    public static void Check(string text) => ArgumentException.ThrowIfNullOrEmpty(text);

    /// <summary>Enqueues jobs: one as an application would, the others as copies of it.</summary>
    public async Task RefillAsync(int jobs)
    {
        await database.ExecuteAsync("hangfire-clear");
        new BackgroundJobClient(storage).Enqueue(() => Check(Documents.InputValue.Text));
        await database.ExecuteAsync("hangfire-fill", ("jobs", jobs));
        await database.SettleAsync();
    }

    public ISession Open() => new Session(() => Task.FromResult<ICaller>(new Caller(Work)));

    private Task<int> Work(ISteps steps)
    {
        using var connection = storage.GetConnection();
        using var job = connection.FetchNextJob(Queues, CancellationToken.None);
        steps.Mark(Step.Checkout);
        using (var transaction = connection.CreateWriteTransaction())
        {
            transaction.SetJobState(job.JobId, new SucceededState(null, 0, 0));
            transaction.ExpireJob(job.JobId, Retention);
            transaction.IncrementCounter("stats:succeeded");
            transaction.Commit();
        }

        job.RemoveFromQueue();
        steps.Mark(Step.Submit);
        return Task.FromResult(1);
    }
}
