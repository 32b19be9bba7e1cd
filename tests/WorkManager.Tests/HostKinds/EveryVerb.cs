using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>Calls every verb and query in one scope, on orders of its own.</summary>
internal static class EveryVerb
{
    /// <summary>The orders that one run leaves behind.</summary>
    public const int Orders = 9;

    /// <summary>The rows that its applies add to the ledger.</summary>
    public const int Applied = 2;

    /// <summary>Adds what it needs: order types of the shop.</summary>
    public static IWorkManagerBuilder Configure(IWorkManagerBuilder builder)
    {
        builder.AddOrderType<Scripted>().AddOrderType<Batches>().Services.AddSingleton(new Script());
        return builder;
    }

    private static readonly WorkFailure Broken = new("broken", "It is.") { RetryAfter = TimeSpan.Zero };

    /// <summary>Runs it.</summary>
    /// <param name="scope">The scope, whose context is on the database.</param>
    /// <param name="text">What stands in each order, and in the rows of the host.</param>
    public static async Task RunAsync(IServiceProvider scope, string text)
    {
        var cancel = TestContext.Current.CancellationToken;
        var work = scope.GetRequiredService<IWorkOrderManager>();
        var (requester, reviewer, agent) = (work.As(Actor.User("requester")), work.As(Actor.User("bert")), work.As(Actor.Agent("agent")));
        var items = scope.GetRequiredService<IWorkItemRepository>();

        // A whole life, with every way of a lease.
        var one = await requester.ProposeAsync(new Note(text), cancellationToken: cancel);
        await reviewer.SetPriorityAsync(one.Id, 5, cancel);
        await reviewer.SetDueAtAsync(one.Id, DateTimeOffset.UnixEpoch, cancel);
        await reviewer.HoldAsync(one.Id, cancellationToken: cancel);
        await reviewer.ResumeAsync(one.Id, cancel);
        var lease = await LeaseAsync(one);
        await agent.HeartbeatAsync(lease.Token, cancel);
        await agent.ReleaseAsync(lease.Token, cancel);
        lease = await LeaseAsync(one);
        await agent.FailAsync(lease.Token, Broken, cancel);
        lease = await LeaseAsync(one);
        await agent.HeartbeatManyAsync([lease.Token], cancel);
        await agent.SubmitAsync(lease, new Answer(text), cancellationToken: cancel);
        await reviewer.ReturnForReworkAsync(one.Id, [new("again", "Once more.")], cancellationToken: cancel);
        await agent.SubmitAsync(await LeaseAsync(one), new Answer(text), cancellationToken: cancel);
        Assert.Equal(OrderState.Completed, (await reviewer.ApproveAsync(one.Id, cancellationToken: cancel)).State);

        // Many at once.
        var many = await requester.ProposeManyAsync([new Proposal<Note>(new(text)), new(new(text)), new(new(text))], cancel);
        await reviewer.RejectAsync(many[0].Value.Id, [new("unneeded", "Not needed.")], cancel);
        await requester.CancelAsync(many[1].Value.Id, cancellationToken: cancel);
        await agent.ReleaseManyAsync([(await LeaseAsync(many[2].Value)).Token], cancel);
        await agent.FailManyAsync([new((await LeaseAsync(many[2].Value)).Token, Broken)], cancel);
        var batch = await requester.ProposeAsync(new BatchPayload([new(text, [1]), new(text, [2])]), cancellationToken: cancel);
        var leases = await agent.CheckoutManyAsync(2, new() { OrderId = batch.Id }, cancel);
        await agent.SubmitManyAsync([.. leases.Select(l => new Submission<BatchResult>(l, new(text, true, 1)))], cancel);
        Assert.Equal(batch.Id, (await reviewer.TakeReviewAsync(new() { OrderId = batch.Id }, cancel))!.Id);
        await reviewer.SkipReviewAsync(batch.Id, cancellationToken: cancel);
        await using (await scope.GetRequiredService<ShopContext>().Database.BeginTransactionAsync(cancel))
        {
            Assert.NotNull(await reviewer.TakeReviewAsync(new() { OrderId = batch.Id }, cancel));
            await reviewer.SkipReviewAsync(batch.Id, cancellationToken: cancel);
        }

        Assert.Equal(OrderState.Completed, (await reviewer.ApproveManyAsync([new(batch.Id)], cancel)).Single().Value.State);

        // One that fails, is retried, given up, and proposed once more.
        var failing = await requester.ProposeAsync(new Note(text), cancellationToken: cancel);
        await agent.FailAsync((await LeaseAsync(failing)).Token, Broken with { Retryable = false }, cancel);
        await reviewer.RetryAsync(failing.Id, cancellationToken: cancel);
        await agent.FailAsync((await LeaseAsync(failing)).Token, Broken with { Retryable = false }, cancel);
        await reviewer.DeadLetterAsync(failing.Id, cancellationToken: cancel);
        Assert.Equal(failing.Id, (await reviewer.CloneAsync(failing.Id, cancellationToken: cancel)).ParentOrderId);

        // Together with rows of the host: one that stays, and one that never was.
        var host = scope.GetRequiredService<ShopContext>();
        foreach (var stays in (bool[])[true, false])
        {
            await using var transaction = await host.Database.BeginTransactionAsync(cancel);
            var order = await requester.ProposeAsync(new Note(text), cancellationToken: cancel);
            host.Customers.Add(new Customer { Name = text, WorkOrderId = order.Id });
            await host.SaveChangesAsync(cancel);
            await (stays ? transaction.CommitAsync(cancel) : transaction.RollbackAsync(cancel));
            host.ChangeTracker.Clear();
        }

        await using (await host.Database.BeginTransactionAsync(cancel))
        {
            Assert.Single((await work.GetAsync(one.Id, cancel)).Items);
        }

        Assert.NotEmpty((await work.ListAsync(cancellationToken: cancel)).Items);
        Assert.Equal(2, (await items.ListByOrderAsync(batch.Id, cancellationToken: cancel)).Items.Count);
        var last = await requester.ProposeAsync(new Note(text), cancellationToken: cancel);
        Assert.NotNull(await scope.GetRequiredService<IWorkOrderRepository>().FindAsync(last.Id, cancellationToken: cancel));

        async Task<WorkLease> LeaseAsync(WorkOrder order) => (await agent.CheckoutAsync(new() { OrderId = order.Id }, cancel))!;
    }
}
