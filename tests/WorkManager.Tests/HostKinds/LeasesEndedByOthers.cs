using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>
/// A release or a failure gets no answer to its commit, and was not committed. Before the database is asked, somebody else ends the lease: that is not taken for
/// the answer.
/// </summary>
/// <remarks>On SQLite nobody else can write in between: the writer gate is kept until the answer is known.</remarks>
public sealed class LeasesEndedByOthers(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Theory, InlineData("release"), InlineData("fail")]
    public async Task The_caller_is_told_that_the_lease_is_lost(string call)
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults);
        await using var others = ShopApp.On(app.Database);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        faults.Meanwhile = () => others.Reviewer.RejectAsync(lease.OrderId, [new RejectionReason("no", "No.")]);
        faults.Arm(Fault.Committing);
        var refusal = (await FluentActions.Awaiting(() => call == "release"
            ? app.Agent("agent-1").ReleaseAsync(lease)
            : app.Agent("agent-1").FailAsync(lease, new WorkFailure("broken", "It is."))).Should().ThrowAsync<LeaseLostException>()).Which;

        refusal.Reason.Should().Be(LeaseLostReason.NotLeased);
        (await app.EventsAsync(lease.OrderId)).Should().Equal("proposed", "planned", "leased", "checked_out", "released", "requeued", "rejected");
    }

    /// <summary>The attempt that the other call has ended was this one, too; what it says is kept.</summary>
    [Fact]
    public async Task Another_call_of_the_same_holder_is_not_taken_for_the_answer()
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults);
        await using var others = ShopApp.On(app.Database);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        faults.Meanwhile = () => others.Agent("agent-1").FailAsync(lease, new WorkFailure("first", "It is.") { Retryable = false });
        faults.Arm(Fault.Committing);
        var refusal = (await FluentActions.Awaiting(() => app.Agent("agent-1").FailAsync(lease, new WorkFailure("second", "It is.") { Retryable = false }))
            .Should().ThrowAsync<LeaseLostException>()).Which;

        faults.Thrown.Should().Be(1);
        refusal.Reason.Should().Be(LeaseLostReason.NotLeased);
        var item = await app.ItemAsync(lease.Item.Id);
        (item.ReadError()!.Code, item.Attempts).Should().Be(("first", (short)1));
    }

    private async Task<ShopApp> StartAsync(Faults faults)
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        return ShopApp.On(database, builder => builder.Services.AddSingleton(faults), context: options =>
        {
            options.UseNpgsql(database.ConnectionString, npgsql => npgsql.EnableRetryOnFailure(3, TimeSpan.FromMilliseconds(1), null));
            options.AddInterceptors(faults);
        });
    }
}
