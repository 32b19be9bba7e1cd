using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;

namespace WorkManager.Tests.Previews;

/// <summary>Changes that are committed while an approval by hash runs. On SQLite an approval is the only writer.</summary>
public sealed class ApprovalsBesideChanges(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact, Trait("Promise", "P18")]
    public async Task A_change_between_the_look_of_an_apply_and_its_save_makes_the_review_outdated_and_is_not_overwritten()
    {
        await using var app = await StockApp.StartAsync(databases);
        await app.SeedAsync(new Price { Region = "north", Day = new(2026, 3, 1), Amount = 5 });
        Func<Task> between = () => Task.CompletedTask;
        app.Script.Apply = async (_, db, token) =>
        {
            var price = await db.Prices.SingleAsync(token);
            await between();
            price.Amount = 7;
        };
        var order = await app.SubmittedAsync();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        var runs = 0;
        between = async () =>
        {
            if (runs++ == 0)
            {
                await app.Database.ExecuteAsync("UPDATE prices SET \"Amount\" = 6");
            }
        };

        var approving = () => app.Reviewer.ApproveAsync(order.Id, preview.ContentHash);

        var difference = (await approving.Should().ThrowAsync<StaleReviewException>()).Which.Differences.Should().ContainSingle().Subject;
        (difference.Row, difference.Now!["before"]!.ToJsonString(), runs).Should().Be(("""prices:["north","2026-03-01"]""", "6", 2));
        (await app.WithAsync(db => db.Prices.SingleAsync())).Amount.Should().Be(6);
    }
}
