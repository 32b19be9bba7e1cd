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

    [Fact]
    public async Task An_order_that_another_process_takes_after_this_one_is_left_to_it()
    {
        var script = new Script { AutoApprove = true, Ready = r => r.NotReady("Not yet.") };
        var other = new BeforeTransactions();
        await using var app = await script.StartAsync(databases, context: options => options.AddInterceptors(other));
        var order = await app.SubmittedNoteAsync();
        script.Ready = _ => { };
        app.Time.Advance(TimeSpan.FromMinutes(2));
        // Before the approval begins its transaction, this one's time to try has passed, and another process has taken the order.
        other.Always = () => app.Database.ExecuteAsync(
            $"UPDATE work_orders SET next_apply_at = next_apply_at + interval '1 hour' WHERE next_apply_at > '{order.NextApplyAt:O}'");

        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Submitted);
        (await app.LedgerAsync(order.Id)).Should().BeEmpty();
        // Each later transaction has met the other process, too.
        app.Time.Advance(TimeSpan.FromHours(3));
        other.Always = null;
        (await app.Maintenance.ApproveDueAsync()).Should().Be(1);
    }

    [Fact]
    public async Task An_order_that_another_process_has_taken_since_it_was_found_is_left_to_it()
    {
        var script = new Script { AutoApprove = true, Ready = r => r.NotReady("Not yet.") };
        var other = new BeforeTransactions();
        await using var app = await script.StartAsync(databases, context: options => options.AddInterceptors(other));
        var order = await app.SubmittedNoteAsync();
        script.Ready = _ => { };
        app.Time.Advance(TimeSpan.FromMinutes(2));
        // The first transaction takes the turn of the duty. Then the order is found.
        other.After(1, () => app.Database.ExecuteAsync("UPDATE work_orders SET next_apply_at = next_apply_at + interval '1 hour'"));

        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);

        (await app.OrderAsync(order.Id)).Should().BeEquivalentTo(new { State = OrderState.Submitted, NextApplyAt = order.NextApplyAt + TimeSpan.FromHours(1) });
    }

    [Fact]
    public async Task A_failed_try_that_is_recorded_late_does_not_make_an_order_automatic_that_is_for_people()
    {
        var script = new Script { AutoApprove = true, Ready = r => r.NotReady("Not yet.") };
        var other = new BeforeTransactions();
        await using var app = await script.StartAsync(databases, context: options => options.AddInterceptors(other));
        var order = await app.SubmittedNoteAsync();
        app.Time.Advance(TimeSpan.FromMinutes(2));
        script.Ready = _ => { };
        script.Apply = (_, _) =>
        {
            // Before the failure is recorded, the order is rejected, returned for rework and submitted again.
            other.Always = () => app.Database.ExecuteAsync("UPDATE work_orders SET next_apply_at = NULL");
            throw new InvalidOperationException("It cannot be applied.");
        };

        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);

        (await app.OrderAsync(order.Id)).NextApplyAt.Should().BeNull();
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
