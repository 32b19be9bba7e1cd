using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Model;

/// <summary>Who plays, and what is played.</summary>
internal static class Cast
{
    /// <summary>Requesters, reviewers, agents, one of them for a reviewer, and the application itself. Anybody may try anything.</summary>
    public static readonly Actor[] Actors =
    [
        Actor.User("ann"), Actor.User("bob"), Actor.Agent("one"), Actor.Agent("two", onBehalfOf: Actor.User("bob")), Actor.Agent("three"),
        Actor.System("nightly"),
        // Of the other tenant.
        Actor.User("cat"), Actor.Agent("four"), Actor.User("dan"),
        // For all tenants.
        Actor.User("root"),
    ];

    public const string OtherTenant = "other";
    public const int OtherAgent = 7;
    public const int OtherReviewer = 8;
    public const int ForAll = 9;

    public static readonly string[] Types = [ManualJob.Key, AutomaticJob.Key, LenientJob.Key, SharedJob.Key, Unknown];

    /// <summary>An order type that nobody has registered.</summary>
    public const string Unknown = "model.unknown";

    public const int DefaultTtl = 120;
    public const int Backoff = 30;
    public const int MaxBackoff = 100;
    public const int MaxReleases = 2;
    public const int MaxReworks = 2;

    /// <summary>What a failed item means for an order of a type.</summary>
    public static ItemFailure RuleOf(int type) => Types[type] switch
    {
        AutomaticJob.Key => ItemFailure.FailOrderAtOnce,
        LenientJob.Key => ItemFailure.GoOn,
        _ => ItemFailure.FailOrder,
    };

    /// <summary>What becomes of what waits for an item that fails, in an order of a type.</summary>
    public static DependencyFailure DependencyRuleOf(int type) => Types[type] switch
    {
        AutomaticJob.Key => DependencyFailure.Wait,
        LenientJob.Key => DependencyFailure.GoOn,
        _ => DependencyFailure.Fail,
    };

    /// <summary>Whether results that came after one that is returned are done again, too.</summary>
    public static bool RedoesDependents(int type) => Types[type] != LenientJob.Key;

    /// <summary>How many people approve an order of a type.</summary>
    public static int ApprovalsOf(int type) => Types[type] == SharedJob.Key ? 2 : 1;

    /// <summary>Whether items that are returned move to an order of their own.</summary>
    public static bool MovesReturned(int type) => Types[type] == LenientJob.Key;

    /// <summary>The items for which an item waits.</summary>
    public static IEnumerable<int> Before(Shape shape, int item, int items) => shape switch
    {
        Shape.Chain when item > 0 => [item - 1],
        Shape.Diamond when item > 0 => item < items - 1 || items < 3 ? [0] : Enumerable.Range(1, items - 2),
        _ => [],
    };

    /// <summary>The tenant that an actor works for; null for all.</summary>
    public static string? TenantOf(int who) => who switch
    {
        < 6 => "",
        < ForAll => OtherTenant,
        _ => null,
    };

    public static void Register(IWorkManagerBuilder builder, HostState host)
    {
        builder.Services.AddSingleton(host);
        builder.AddOrderType<ManualJob>().AddOrderType<AutomaticJob>().AddOrderType<LenientJob>().AddOrderType<SharedJob>();
    }

    public static void Configure(WorkManagerOptions options, Limits? limits)
    {
        options.Lease.MaxPerAgent = limits?.OfAgent;
        options.Lease.MaxPerType = limits?.OfType;
        options.Lease.MaxPerTenant = limits?.OfTenant;
        options.Lease.Ttl = TimeSpan.FromSeconds(DefaultTtl);
        options.Retry.Backoff = TimeSpan.FromSeconds(Backoff);
        options.Retry.MaxBackoff = TimeSpan.FromSeconds(MaxBackoff);
        options.Retry.Jitter = TimeSpan.Zero;
        options.Retry.MaxReleases = MaxReleases;
        options.Retry.MaxReworks = MaxReworks;
    }
}

/// <summary>How many leases may be live at once.</summary>
/// <param name="OfAgent">Of an agent.</param>
/// <param name="OfType">Of a type in a tenant.</param>
/// <param name="OfTenant">Of a tenant.</param>
internal sealed record Limits(int OfAgent, int OfType, int OfTenant)
{
    /// <summary>So few that each of them is met.</summary>
    public static readonly Limits Low = new(3, 2, 4);
}

/// <summary>Whether the host's data can be changed.</summary>
public sealed class HostState
{
    public bool Fails { get; set; }
}

/// <summary>Which items of an order wait for which.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<Shape>))]
public enum Shape
{
    /// <summary>None waits.</summary>
    Loose,

    /// <summary>Each for the one before it.</summary>
    Chain,

    /// <summary>All for the first, and the last for all between.</summary>
    Diamond,
}

/// <param name="Items">How many.</param>
/// <param name="Attempts">How many each may have.</param>
/// <param name="AvailableAt">From when on.</param>
/// <param name="Obstacle">Whether the order can never be approved.</param>
/// <param name="Shape">Which wait for which.</param>
public record JobPayload(int Items, int Attempts, DateTimeOffset? AvailableAt, bool Obstacle, Shape Shape);

/// <inheritdoc cref="JobPayload"/>
public sealed record LenientPayload(int Items, int Attempts, DateTimeOffset? AvailableAt, bool Obstacle, Shape Shape)
    : JobPayload(Items, Attempts, AvailableAt, Obstacle, Shape);

public sealed record JobInput(int Number);

public sealed record JobResult([property: Range(-1000, 1000)] int Value);

/// <summary>Items by number; a result that is negative is refused; every apply leaves a row.</summary>
public abstract class Job<TPayload>(ShopContext db, HostState host) : OrderType<TPayload, JobInput, JobResult>
    where TPayload : JobPayload
{
    protected override IEnumerable<PlannedItem<JobInput>> Plan(TPayload payload)
    {
        var plan = new List<PlannedItem<JobInput>>();
        for (var i = 0; i < payload.Items; i++)
        {
            plan.Add(new PlannedItem<JobInput>(new JobInput(i))
            {
                MaxAttempts = payload.Attempts, AvailableAt = payload.AvailableAt, After = [.. Cast.Before(payload.Shape, i, payload.Items).Select(other => plan[other])],
            });
        }

        return plan;
    }

    protected override void ValidateResult(ResultContext<JobInput, JobResult> item)
    {
        if (item.Result.Value < 0)
        {
            item.Fail("value", "negative", "The value must not be negative.");
        }
    }

    protected override void ReadyForApproval(ReviewContext<TPayload, JobInput, JobResult> review)
    {
        if (review.Payload.Obstacle)
        {
            review.NotReady("It never is.");
        }
    }

    protected override Task ApplyAsync(ApplyContext<TPayload, JobInput, JobResult> apply, CancellationToken cancellationToken)
    {
        db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = string.Join(",", apply.Items.Select(i => i.Result.Value)) });
        return host.Fails ? throw new InvalidOperationException("The host's data cannot be changed now.") : Task.CompletedTask;
    }
}

[OrderType(Key)]
public sealed class ManualJob(ShopContext db, HostState host) : Job<JobPayload>(db, host)
{
    public const string Key = "model.manual";
}

[OrderType(Key, ItemFailure = ItemFailure.FailOrderAtOnce, DependencyFailure = DependencyFailure.Wait)]
public sealed class AutomaticJob(ShopContext db, HostState host) : Job<JobPayload>(db, host)
{
    public const string Key = "model.automatic";

    public override bool AutoApprove => true;
}

[OrderType(Key, Approvals = 2)]
public sealed class SharedJob(ShopContext db, HostState host) : Job<JobPayload>(db, host)
{
    public const string Key = "model.shared";
}

[OrderType(Key, ItemFailure = ItemFailure.GoOn, DependencyFailure = DependencyFailure.GoOn, RedoDependents = false, ReturnedItems = ReturnedItems.ChildOrder)]
public sealed class LenientJob(ShopContext db, HostState host) : Job<LenientPayload>(db, host)
{
    public const string Key = "model.lenient";

    public override bool AllowSelfApproval => true;
}
