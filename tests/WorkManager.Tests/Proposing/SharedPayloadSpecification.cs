using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Proposing;

/// <summary>Two order types may have one payload. Then a proposal names the type.</summary>
public abstract class SharedPayloadSpecification(DatabaseFixture databases)
{
    public sealed record Greeting(string Text);

    [System.Text.Json.Serialization.JsonDerivedType(typeof(Insured), "insured")]
    public record Parcel(string To);

    public sealed record Express(string To, int Hours) : Parcel(To);

    public sealed record Insured(string To, int Value) : Parcel(To);

    [OrderType("parcels.deliver")]
    public sealed class Deliver : OrderType<Parcel, Answer>
    {
        protected override Task ApplyAsync(ApplyContext<Parcel, Parcel, Answer> apply, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    [Fact]
    public async Task A_proposal_names_the_class_of_the_order_type()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Letter>().AddOrderType<Call>());

        Assert.Equal("greet.letter", (await app.Requester.ProposeAsync<Letter>(new Greeting("a"), new() { Priority = 7 })).Type);
        var call = await app.Requester.ProposeAsync<Call>(new Greeting("b"), new() { Priority = 7 });
        Assert.Equal(("greet.call", (short)7), (call.Type, call.Priority));
        Assert.Equal("greet.call", (await app.Requester.ProposeAsync<Call>(JsonElement.Parse("""{"text":"c"}"""))).Type);
        Assert.Equal("greet.call", (await app.Requester.ProposeAsync("greet.call", JsonElement.Parse("""{"text":"d"}"""))).Type);

        var many = await app.Requester.ProposeManyAsync<Letter, Greeting>([new(new Greeting("e")), new(new Greeting("f"))]);
        Assert.All(many, outcome => Assert.Equal("greet.letter", outcome.Value.Type));
    }

    [Fact]
    public async Task JSON_may_come_in_any_of_its_classes()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Letter>().AddOrderType<Call>());
        using var document = JsonDocument.Parse("""{"text":"b"}""");

        Assert.Equal("a", (await app.Requester.ProposeAsync<Call>(new JsonObject { ["text"] = "a" })).ReadPayload<Greeting>().Text);
        Assert.Equal("b", (await app.Requester.ProposeAsync<Call>(document)).ReadPayload<Greeting>().Text);
        var element = document.RootElement;
        document.Dispose();
        var disposed = await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Requester.ProposeAsync<Call>(element));
        Assert.Contains("disposed", disposed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_derived_class_adds_is_never_lost_in_silence()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Deliver>());
        Parcel express = new Express("Bonn", 3), insured = new Insured("Bonn", 100);

        foreach (var propose in (Func<Task>[])
            [
                () => app.Requester.ProposeAsync(express), () => app.Requester.ProposeAsync<Deliver>(express),
                () => app.Requester.ProposeAsync<Deliver>(new Express("Bonn", 3)),
            ])
        {
            var refused = await Assert.ThrowsAsync<WorkManagerException>(propose);
            Assert.Equal("type_mismatch", refused.Code);
            Assert.Contains("'hours'", refused.Message, StringComparison.Ordinal);
        }

        var many = await app.Requester.ProposeManyAsync<Deliver, Express>([new(new Express("Bonn", 3))]);
        Assert.Equal("type_mismatch", Assert.Single(many).Error!.Code);
        Assert.Equal(insured, (await app.Requester.ProposeAsync(insured)).ReadPayload<Parcel>());
        Assert.Equal("Bonn", (await app.Requester.ProposeAsync(new Parcel("Bonn"))).ReadPayload<Parcel>().To);
    }

    [Fact]
    public async Task Without_a_name_the_error_names_those_it_could_be()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Letter>().AddOrderType<Call>());

        var single = await app.RefusesAsync<OrderTypeAmbiguousException>("order_type_ambiguous", () => app.Requester.ProposeAsync(new Greeting("a")));
        var many = await app.RefusesAsync<OrderTypeAmbiguousException>(
            "order_type_ambiguous", () => app.Requester.ProposeManyAsync([new Proposal<Greeting>(new Greeting("a"))]));

        Assert.All((OrderTypeAmbiguousException[])[single, many], refusal =>
        {
            Assert.Equal(["greet.letter", "greet.call"], refusal.Candidates);
            Assert.Contains("Greeting is the payload of several order types: greet.letter, greet.call.", refusal.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_payload_of_no_order_type_or_of_another_one_is_told()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Letter>());

        var none = await app.RefusesAsync<OrderTypeNotFoundException>("order_type_not_found", () => app.Requester.ProposeAsync(new Note("a")));
        Assert.StartsWith("No order type has the payload Note.", none.Message, StringComparison.Ordinal);
        var other = await app.RefusesAsync<WorkManagerException>("type_mismatch", () => app.Requester.ProposeAsync<Letter>(new Note("a")));
        Assert.Equal("The payload of 'greet.letter' is of the class Greeting, and not Note.", other.Message);
        await app.RefusesAsync<WorkManagerException>("type_mismatch", () => app.Requester.ProposeManyAsync<Letter, Note>([new(new Note("a"))]));
        await app.RefusesAsync<OrderTypeNotFoundException>("order_type_not_found", () => app.Requester.ProposeAsync<Call>(new Greeting("a")));
        var key = await app.RefusesAsync<OrderTypeNotFoundException>(
            "order_type_not_found", () => app.Requester.ProposeAsync("greet.leter", JsonElement.Parse("{}")));
        Assert.Contains("Did you mean `greet.letter`?", key.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelled_field_names_the_one_that_was_meant()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<Letter>());

        var refusal = await app.RefusesAsync<WorkValidationException>(
            "validation_failed", () => app.Requester.ProposeAsync("greet.letter", JsonElement.Parse("""{"Text":"a"}""")));

        Assert.Contains(refusal.Errors, e => e.Code == "schema.unknown_property" && e.Message.Contains("Did you mean `text`?", StringComparison.Ordinal));
    }

    public abstract class Greetings : OrderType<Greeting, Greeting>
    {
        protected override Task ApplyAsync(ApplyContext<Greeting, Greeting, Greeting> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [OrderType("greet.letter")]
    public sealed class Letter : Greetings;

    [OrderType("greet.call")]
    public sealed class Call : Greetings;
}

public sealed class SharedPayloadOnSqlite(SqliteFixture databases) : SharedPayloadSpecification(databases), IOnSqlite;

public sealed class SharedPayloadOnPostgreSql(PostgreSqlFixture databases) : SharedPayloadSpecification(databases), IOnPostgreSql;
