using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Submitting;

/// <summary>A result that cannot be written, stored or checked is refused with a code, and in a batch it alone.</summary>
public abstract class BadResultSpecification(DatabaseFixture databases)
{
    public static TheoryData<string, string, object?> Results => new()
    {
        { "validation_failed", "schema.invalid", new { ok = true, verified = true, note = double.NaN } },
        { "validation_failed", "schema.invalid_character", new EchoResult(true, true, "half \ud800") },
        { "validation_failed", "schema.invalid_character", new EchoResult(true, true, "a\0b") },
        { "validation_failed", "schema.duplicate_property", JsonElement.Parse("""{"ok":true,"ok":false,"verified":true}""") },
        { "validation_failed", "schema.unknown_property", JsonElement.Parse("""{"ok":true,"verified":true,"more":1}""") },
        { "validation_failed", "schema.max_depth", new Loop() },
        { "validation_failed", "schema.type_mismatch", null },
        { "rule_failed", "", new EchoResult(true, true, "rule throws") },
    };

    [Theory, MemberData(nameof(Results), DisableDiscoveryEnumeration = true)]
    public async Task A_result_that_cannot_be_stored_has_a_code_and_in_a_batch_fails_alone(string code, string detail, object? bad)
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Moody>());
        var agent = app.Agent("a");
        for (var i = 0; i < 4; i++)
        {
            await app.Requester.ProposeAsync<Moody>(new EchoPayload("a"));
        }

        var leases = await agent.CheckoutManyAsync<Moody>(4);
        var single = await app.RefusesAsync<WorkManagerException>(code, () => agent.SubmitAsync(leases[3], bad!), [.. Refusal.ItemError, "work_items.error"]);
        var many = await agent.SubmitManyAsync<object>([new(leases[0], Steps.Verified), new(leases[1], bad!), null!, new(leases[2].Token, Steps.Verified)]);

        Assert.Equal([true, false, false, true], many.Select(o => o.Succeeded));
        foreach (var refusal in (WorkManagerException[])[single, many[1].Error!])
        {
            Assert.Equal(code, refusal.Code);
            Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
            Assert.True(detail.Length == 0 || ((WorkValidationException)refusal).Errors.Any(e => e.Code == detail), refusal.Message);
        }

        var missing = Assert.IsType<WorkValidationException>(many[2].Error);
        Assert.Equal(("submission", "schema.required"), (missing.Errors.Single().Field, missing.Errors.Single().Code));
        Assert.Equal(ItemState.Leased, (await app.ItemAsync(leases[1].Item.Id)).State);
    }

    [Fact]
    public async Task A_check_that_times_out_costs_its_own_result_only()
    {
        var script = new Script { Plan = note => [new(new Note("good")), new(new Note("slow"))] };
        // As an HttpClient does.
        script.Validate = item => _ = item.Input.Text == "slow" ? throw new TaskCanceledException("secret") : 0;
        await using var app = await script.StartAsync(databases);
        await app.Requester.ProposeAsync(new Note("two"));
        var leases = await app.Agent("a").CheckoutManyAsync(2);

        var outcomes = await app.Agent("a").SubmitManyAsync<Answer>([.. leases.Select(l => new Submission<Answer>(l, new Answer("done")))]);

        Assert.Equal([null, "rule_failed"], outcomes.Select(o => o.Error?.Code));
        await app.RefusesAsync<WorkManagerException>("rule_failed", () => app.Agent("a").SubmitAsync(leases[1], new Answer("done")));
    }

    [Fact]
    public async Task A_caller_who_goes_away_during_a_check_is_told_so()
    {
        using var cancel = new CancellationTokenSource();
        var script = new Script { Validate = _ => { cancel.Cancel(); cancel.Token.ThrowIfCancellationRequested(); } };
        await using var app = await script.StartAsync(databases);
        await app.Requester.ProposeAsync(new Note("one"));
        var lease = await app.LeaseAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => app.Agent("agent-1").SubmitAsync(lease, new Answer("done"), cancellationToken: cancel.Token));
    }

    [Fact]
    public async Task Evidence_that_cannot_be_stored_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        var lease = await app.LeaseAsync();

        foreach (var value in (JsonNode?[])[double.PositiveInfinity, "half \ud800", JsonNode.Parse("1e400")])
        {
            await app.RefusesAsync<WorkValidationException>(
                "validation_failed",
                () => app.Agent("agent-1").SubmitAsync(lease, Steps.Verified, new() { Evidence = new JsonObject { ["a"] = value } }));
        }
    }

    public sealed class Loop
    {
        public Loop Next => this;
    }

    [OrderType("test.moody")]
    public sealed class Moody : OrderType<EchoPayload, EchoResult>
    {
        protected override void ValidateResult(ResultContext<EchoPayload, EchoResult> item)
        {
            if (item.Result.Note == "rule throws")
            {
                throw new TimeoutException("secret");
            }
        }

        protected override Task ApplyAsync(ApplyContext<EchoPayload, EchoPayload, EchoResult> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

public sealed class BadResultOnSqlite(SqliteFixture databases) : BadResultSpecification(databases), IOnSqlite;

public sealed class BadResultOnPostgreSql(PostgreSqlFixture databases) : BadResultSpecification(databases), IOnPostgreSql;
