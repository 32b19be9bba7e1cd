using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>An open order gets another priority or another due time.</summary>
public abstract class RescheduleOrderSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task An_order_with_a_higher_priority_is_served_first()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync(priority: 50);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2), new() { Priority = 10 });
        app.Time.Advance(TimeSpan.FromSeconds(10));

        var changed = await app.Reviewer.SetPriorityAsync(order.Id, 60);

        (changed.Priority, changed.UpdatedAt).Should().Be(((short)60, app.Time.GetUtcNow()));
        var stored = await app.OrderAsync(order.Id);
        (stored.Priority, stored.Events.Last().Event, stored.Events.Last().Payload).Should().Be(
            ((short)60, "rescheduled", """{"priority":60,"previous_priority":10}"""));
        stored.Items.Should().OnlyContain(i => i.Priority == 60);
        (await app.Agent("agent-1").CheckoutManyAsync(2)).Should().OnlyContain(l => l.OrderId == order.Id);
    }

    [Fact]
    public async Task The_due_time_is_changed_and_taken_away()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        var due = new DateTimeOffset(2026, 4, 1, 9, 0, 0, TimeSpan.FromHours(2)).AddTicks(1_234_567);

        await app.Requester.SetDueAtAsync(order.Id, due);

        var stored = await app.OrderAsync(order.Id);
        stored.DueAt.Should().Be(due.AddTicks(-7));
        stored.Events.Last().Payload.Should().Be("""{"due_at":"2026-04-01T07:00:00.123456+00:00","previous_due_at":null}""");
        await app.Requester.SetDueAtAsync(order.Id, null);
        (await app.OrderAsync(order.Id)).DueAt.Should().BeNull();
    }

    [Fact]
    public async Task What_is_so_already_is_left_as_it_is()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.ProposeEchoAsync(priority: 7);
        var rows = await Refusal.ReadAsync(app.Database);
        app.Time.Advance(TimeSpan.FromSeconds(10));

        await app.Reviewer.SetPriorityAsync(order.Id, 7);
        await app.Reviewer.SetDueAtAsync(order.Id, null);

        (await Refusal.ReadAsync(app.Database)).Should().Equal(rows);
    }

    [Fact]
    public async Task What_cannot_be_changed_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var open = await app.ProposeEchoAsync();
        var closed = await app.ProposeEchoAsync();
        await app.Requester.CancelAsync(closed.Id);

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.SetPriorityAsync(open.Id, 101));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.SetPriorityAsync(open.Id, -1));
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.SetPriorityAsync(closed.Id, 5));
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.SetDueAtAsync(closed.Id, null));
        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.SetPriorityAsync(Guid.NewGuid(), 5));
        await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => app.Agent("agent-9").SetPriorityAsync(open.Id, 5));
    }
}

public sealed class RescheduleOrderOnSqlite(SqliteFixture databases) : RescheduleOrderSpecification(databases), IOnSqlite;

public sealed class RescheduleOrderOnPostgreSql(PostgreSqlFixture databases) : RescheduleOrderSpecification(databases), IOnPostgreSql;
