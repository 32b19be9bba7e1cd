using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace WorkManager.Tests.Shop;

public sealed record Note(string Text);

public sealed record Answer(string Text);

/// <summary>What the hooks of <see cref="Scripted"/> do in one test.</summary>
public sealed class Script
{
    public bool AutoApprove { get; set; }

    /// <summary>What the order type throws when it is asked whether it approves automatically.</summary>
    public Exception? Broken { get; set; }

    public bool AllowSelfApproval { get; set; }

    public int? MaxAttempts { get; set; }

    public Func<Note, IEnumerable<PlannedItem<Note>>> Plan { get; set; } = note => [new(note)];

    public Action<ResultContext<Note, Answer>> Validate { get; set; } = _ => { };

    public Action<ReviewContext<Note, Note, Answer>> Ready { get; set; } = _ => { };

    public Func<ApplyContext<Note, Note, Answer>, IServiceProvider, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    public Func<ApplyContext<Note, Note, Answer>, IServiceProvider, Task> Apply { get; set; } = (apply, services) =>
    {
        Ledger(services).Add(new LedgerEntry { OrderId = apply.OrderId, Text = apply.Payload.Text });
        return Task.CompletedTask;
    };

    public Func<ApplyContext<Note, Note, Answer>, IServiceProvider, Task> After { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The hooks in the order in which they were called.</summary>
    public List<string> Calls { get; } = [];

    public static Microsoft.EntityFrameworkCore.DbSet<LedgerEntry> Ledger(IServiceProvider services) => services.GetRequiredService<ShopContext>().Ledger;

    /// <summary>An application whose order type <c>test.scripted</c> follows this script.</summary>
    public Task<ShopApp> StartAsync(
        DatabaseFixture databases, Action<IWorkManagerBuilder>? configure = null, Action<DbContextOptionsBuilder>? context = null) => ShopApp.StartAsync(
        databases,
        builder =>
        {
            builder.AddOrderType<Scripted>().Services.AddSingleton(this);
            configure?.Invoke(builder);
        },
        null, context);
}

/// <summary>An order type whose hooks a test writes.</summary>
[OrderType("test.scripted")]
public sealed class Scripted(Script script, IServiceProvider services) : OrderType<Note, Answer>
{
    public override bool AutoApprove => script.Broken is { } broken ? throw broken : script.AutoApprove;

    public override bool AllowSelfApproval => script.AllowSelfApproval;

    public override int? MaxAttempts => script.MaxAttempts;

    protected override IEnumerable<PlannedItem<Note>> Plan(Note payload)
    {
        script.Calls.Add("plan");
        return script.Plan(payload);
    }

    protected override void ValidateResult(ResultContext<Note, Answer> item)
    {
        script.Calls.Add("validate");
        script.Validate(item);
    }

    protected override void ReadyForApproval(ReviewContext<Note, Note, Answer> review)
    {
        script.Calls.Add("ready");
        script.Ready(review);
    }

    protected override Task BeforeApplyAsync(ApplyContext<Note, Note, Answer> apply, CancellationToken cancellationToken)
    {
        script.Calls.Add("before");
        return script.Before(apply, services);
    }

    protected override Task ApplyAsync(ApplyContext<Note, Note, Answer> apply, CancellationToken cancellationToken)
    {
        script.Calls.Add("apply");
        return script.Apply(apply, services);
    }

    protected override Task AfterApplyAsync(ApplyContext<Note, Note, Answer> apply, CancellationToken cancellationToken)
    {
        script.Calls.Add("after");
        return script.After(apply, services);
    }
}
