using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace WorkManager.Hosting.Health;

/// <summary>Whether the database answers and has the tables, and whether work goes on.</summary>
internal sealed class WorkReadyCheck(
    IWorkMaintenance maintenance, WorkerStates workers, IOptions<WorkHealthOptions> options, TimeProvider time) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // These know it, and are asked first: a database that does not answer would be waited for.
        if (workers.FailuresInARow >= options.Value.WorkerFailures)
        {
            return HealthCheckResult.Unhealthy($"A worker could not ask for work, {workers.FailuresInARow} times in a row.");
        }

        IReadOnlyList<QueueStatus> queue;
        try
        {
            await maintenance.CheckSchemaAsync(cancellationToken).ConfigureAwait(false);
            queue = await maintenance.ReadQueueAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (WorkManagerSchemaException schema)
        {
            return HealthCheckResult.Unhealthy(schema.Message, schema);
        }
        catch (Exception away) when (away is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", away);
        }

        var now = time.GetUtcNow();
        var late = Late(queue, now).ToList();
        var data = queue.ToDictionary(q => q.OrderType, q => (object)q);
        return late.Count == 0 ? HealthCheckResult.Healthy("Work goes on.", data) : HealthCheckResult.Degraded(string.Join(" ", late), data: data);
    }

    private IEnumerable<string> Late(IReadOnlyList<QueueStatus> queue, DateTimeOffset now)
    {
        foreach (var type in queue)
        {
            if (now - type.AvailableSince > options.Value.OldestItem)
            {
                yield return $"An item of '{type.OrderType}' could be claimed since {type.AvailableSince:u}.";
            }

            if (now - type.ExpiredSince > options.Value.ExpiredLease)
            {
                yield return $"A lease of '{type.OrderType}' ran out at {type.ExpiredSince:u}, and nobody has taken it back.";
            }
        }
    }
}
