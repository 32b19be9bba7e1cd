using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Previews;

namespace WorkManager.Tests.Applying;

/// <summary>Applies that take too long.</summary>
public abstract class ApplyTimeSpecification(DatabaseFixture databases)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_apply_that_takes_too_long_is_rolled_back_and_the_order_can_be_approved_again(bool looksAtItsToken)
    {
        await using var app = await StockApp.StartAsync(databases, options: o => o.Review.ApplyTimeLimit = Limit);
        var takes = Limit;
        app.Script.Apply = async (_, db, token) =>
        {
            db.Add(new Shelf { Name = "late" });
            await db.SaveChangesAsync(CancellationToken.None);
            app.Time.Advance(takes);
            if (looksAtItsToken)
            {
                token.ThrowIfCancellationRequested();
            }
        };
        var order = await app.SubmittedAsync();

        var approving = () => app.Reviewer.ApproveAsync(order.Id);

        var late = (await approving.Should().ThrowAsync<ApplyFailedException>()).Which;
        (late.Code, late.OrderId).Should().Be(("apply_timeout", order.Id));
        late.InnerException.Should().BeAssignableTo<OperationCanceledException>();
        (await app.WithAsync(db => db.Shelves.CountAsync())).Should().Be(0);
        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.Events);
        (stored.State, stored.ReadError()!.Code, stored.ReadError()!.Message).Should().Be((OrderState.Submitted, "apply_timeout", late.Message));
        takes = Limit - TimeSpan.FromMilliseconds(1);
        (await approving()).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task A_cancellation_by_the_caller_is_none()
    {
        await using var app = await StockApp.StartAsync(databases, options: o => o.Review.ApplyTimeLimit = Limit);
        using var cancel = new CancellationTokenSource();
        app.Script.Apply = async (_, _, token) =>
        {
            await cancel.CancelAsync();
            app.Time.Advance(Limit);
            token.ThrowIfCancellationRequested();
        };
        var order = await app.SubmittedAsync();

        var approving = () => app.Reviewer.ApproveAsync(order.Id, cancellationToken: cancel.Token);

        await approving.Should().ThrowAsync<OperationCanceledException>();
        (await app.Reviewer.GetAsync(order.Id, OrderParts.Events)).Events.Should().NotContain(e => e.Event == "failed");
    }
}

public sealed class ApplyTimeOnSqlite(SqliteFixture databases) : ApplyTimeSpecification(databases), IOnSqlite;

public sealed class ApplyTimeOnPostgreSql(PostgreSqlFixture databases) : ApplyTimeSpecification(databases), IOnPostgreSql;
