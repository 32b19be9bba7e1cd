using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>A connection that is lost anywhere in an apply is a reason to try again, if the host's execution strategy retries.</summary>
public sealed class LostInsideApply(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Theory]
    [InlineData("ledger")]
    [InlineData("RELEASE SAVEPOINT")]
    [InlineData("SELECT 'of host code'")]
    [InlineData("work_decisions")]
    public async Task An_apply_whose_connection_is_lost_after_this_was_sent_is_tried_again_and_done_once(string sent)
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var line = new LossyLine(database.ConnectionString);
        var script = new Script();
        script.Before = (_, services) => services.GetRequiredService<ShopContext>().Database.ExecuteSqlRawAsync("SELECT 'of host code'");
        await using var app = ShopApp.On(
            database,
            builder => builder.AddOrderType<Scripted>().Services.AddSingleton(script),
            options => options.PostgreSql.PrepareStatements = false,
            context => context.UseNpgsql(line.ConnectionString, o => o.EnableRetryOnFailure(3, TimeSpan.FromMilliseconds(1), null)));
        var order = await app.SubmittedNoteAsync();

        line.CutAfter(sent);
        var approved = await app.Reviewer.ApproveAsync(order.Id);

        line.Lost.Should().Be(1);
        approved.State.Should().Be(OrderState.Completed);
        (await app.LedgerAsync(order.Id)).Should().HaveCount(1);
        (await app.EventsAsync(order.Id)).Should().NotContain("failed");
    }
}
