using WorkManager.Tests.Shop;

namespace WorkManager.Tests.WholeRows;

// Declared in an order that is not that of the names: a hash over the text as it is sent differs from one over its canonical form.
public sealed record Survey(string Zone, decimal Area, Plot[] Plots, int? UpgradedFrom = null);

public sealed record Plot(string Name, string? Kind = null, int? Attempts = null, DateTimeOffset? At = null);

public sealed record Finding(string Plot, int Trees, string? Note = null);

/// <summary>What an apply of <see cref="Surveys"/> tells after its commit.</summary>
public sealed record SurveyDone(string Zone);

/// <summary>How <see cref="Surveys"/> behaves in one test.</summary>
public sealed class Manner
{
    public bool AutoApprove { get; set; }

    public bool AllowSelfApproval { get; set; }

    public Exception? Failure { get; set; }
}

/// <summary>An order type that uses all that a plan and an apply can say. Its apply changes a row of the host, deletes one and adds one.</summary>
[OrderType("rows.survey", Version = 3)]
public sealed class Surveys(ShopContext db, Manner manner) : OrderType<Survey, Plot, Finding>
{
    public override bool AutoApprove => manner.AutoApprove;

    public override bool AllowSelfApproval => manner.AllowSelfApproval;

    public override System.Text.Json.Nodes.JsonObject Upgrade(System.Text.Json.Nodes.JsonObject payload, int fromVersion)
    {
        payload["upgradedFrom"] = fromVersion;
        return payload;
    }

    protected override IEnumerable<PlannedItem<Plot>> Plan(Survey payload) =>
        payload.Plots.Select(p => new PlannedItem<Plot>(p) { Type = p.Kind, MaxAttempts = p.Attempts, AvailableAt = p.At });

    protected override void ValidateResult(ResultContext<Plot, Finding> item)
    {
        if (item.Result.Trees < 0)
        {
            item.Fail("trees", "negative", "A count is not negative.");
        }
    }

    protected override Task ApplyAsync(ApplyContext<Survey, Plot, Finding> apply, CancellationToken cancellationToken)
    {
        var (ada, bob) = (db.Customers.Single(c => c.Name == "Ada"), db.Customers.Single(c => c.Name == "Bob"));
        (ada.Name, ada.WorkOrderId) = (apply.Payload.Zone, apply.OrderId);
        db.Customers.Remove(bob);
        db.Ledger.Add(new LedgerEntry
        {
            OrderId = apply.OrderId,
            Text = $"{string.Join(", ", apply.Items.Select(i => $"{i.Input.Name}: {i.Result.Trees}"))} at {apply.Now:O} by {apply.ApprovedBy}",
        });
        apply.AfterCommit(new SurveyDone(apply.Payload.Zone));
        return manner.Failure is { } failure ? throw failure : Task.CompletedTask;
    }

    protected override Task AfterApplyAsync(ApplyContext<Survey, Plot, Finding> apply, CancellationToken cancellationToken)
    {
        db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = $"after the commit, upgraded from version {apply.Payload.UpgradedFrom}" });
        return db.SaveChangesAsync(cancellationToken);
    }
}

public sealed record Trail(string[] Plots);

/// <summary>An order whose items come one after the other.</summary>
[OrderType("rows.trail")]
public sealed class Trails : OrderType<Trail, Plot, Finding>
{
    protected override IEnumerable<PlannedItem<Plot>> Plan(Trail payload)
    {
        PlannedItem<Plot>? last = null;
        return [.. payload.Plots.Select(name => last = new PlannedItem<Plot>(new Plot(name)) { After = last is null ? [] : [last] })];
    }

    protected override Task ApplyAsync(ApplyContext<Trail, Plot, Finding> apply, CancellationToken cancellationToken) => Task.CompletedTask;
}

public sealed record Deed(string[] Plots);

/// <summary>An order that two people approve, that a duty applies, and whose returned items go into an order of their own.</summary>
[OrderType("rows.deed", Approvals = 2, DeferApply = true, ReturnedItems = ReturnedItems.ChildOrder)]
public sealed class Deeds(ShopContext db) : OrderType<Deed, Plot, Finding>
{
    protected override IEnumerable<PlannedItem<Plot>> Plan(Deed payload)
    {
        PlannedItem<Plot>? last = null;
        return
        [
            .. payload.Plots.Select(name => last = new PlannedItem<Plot>(new Plot(name))
            {
                Type = "plot", MaxAttempts = 4, LeaseTime = TimeSpan.FromSeconds(90), After = last is null ? [] : [last],
            }),
        ];
    }

    protected override Task ApplyAsync(ApplyContext<Deed, Plot, Finding> apply, CancellationToken cancellationToken)
    {
        db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = $"{apply.Items.Count} plots" });
        return Task.CompletedTask;
    }
}

public sealed record Parcel(string Owner);

/// <summary>An order whose changes can be put back: it changes a row of the host, deletes one and adds one.</summary>
[OrderType("rows.parcel", Reversible = true)]
public sealed class Parcels(ShopContext db) : OrderType<Parcel, Finding>
{
    protected override Task ApplyAsync(ApplyContext<Parcel, Parcel, Finding> apply, CancellationToken cancellationToken)
    {
        var (ada, bob) = (db.Customers.Single(c => c.Name == "Ada"), db.Customers.Single(c => c.Name == "Bob"));
        ada.Name = apply.Payload.Owner;
        db.Customers.Remove(bob);
        db.Customers.Add(new Customer { Name = "Cleo", WorkOrderId = apply.OrderId });
        return Task.CompletedTask;
    }
}

public sealed class SurveyListener(ShopContext db) : IAfterCommitHandler<SurveyDone>
{
    public Task HandleAsync(SurveyDone message, CancellationToken cancellationToken)
    {
        db.Ledger.Add(new LedgerEntry { Text = $"told of {message.Zone}" });
        return db.SaveChangesAsync(cancellationToken);
    }
}

public sealed class SurveyGenerator : IWorkGenerator
{
    public async IAsyncEnumerable<GeneratedOrder> FindWorkAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        yield return new GeneratedOrder(new Survey("found", 1, [new("g")]), new() { UniqueKey = "found", Priority = 4 });
    }
}
