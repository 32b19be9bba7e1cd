using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Applying;

/// <summary>The duty of automatic approvals waits for no order. On SQLite there is one writer, and nothing to pass over.</summary>
public sealed class DutyBesideLocks(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task An_order_that_is_being_applied_is_passed_over_and_the_rest_is_done()
    {
        var script = new Script { AutoApprove = true, Ready = r => r.NotReady("Not yet.") };
        await using var app = await script.StartAsync(databases);
        var (one, other) = (await app.SubmittedNoteAsync("one"), await app.SubmittedNoteAsync("other"));
        script.Ready = _ => { };
        app.Time.Advance(TimeSpan.FromMinutes(2));
        var beside = -1;
        script.Apply = async (apply, _) =>
        {
            if (apply.Payload.Text == "one")
            {
                // In the middle of this apply, another process does the duty.
                beside = await OutsideOfTheApply(() => app.Maintenance.ApproveDueAsync());
            }
        };

        (await app.Reviewer.ApproveAsync(one.Id)).State.Should().Be(OrderState.Completed);

        beside.Should().Be(1);
        (await app.OrderAsync(other.Id)).State.Should().Be(OrderState.Completed);
        (await app.ReadAsync(db => db.Set<WorkOrder>().Select(o => o.ApplyAttempts).Distinct().ToListAsync())).Should().Equal(1);
    }

    private static async Task<T> OutsideOfTheApply<T>(Func<Task<T>> call)
    {
        Task<T> running;
        using (ExecutionContext.SuppressFlow())
        {
            running = Task.Run(call);
        }

        return await running;
    }
}
