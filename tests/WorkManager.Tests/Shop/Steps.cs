using Microsoft.Extensions.DependencyInjection;

namespace WorkManager.Tests.Shop;

/// <summary>The usual way to where a test begins.</summary>
internal static class Steps
{
    public static readonly EchoResult Verified = new(true, true);

    public static Task<WorkOrder> ProposeEchoAsync(this ShopApp app, string message = "hello", int priority = 0) =>
        app.Requester.ProposeAsync(new EchoPayload(message), new() { Priority = priority });

    /// <summary>A requester of a tenant.</summary>
    public static IWorkOrderManager Of(this ShopApp app, string tenant) =>
        app.Services.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.User("u"), tenant);

    public static async Task<WorkLease> LeaseAsync(this ShopApp app, string agent = "agent-1", Guid? orderId = null) =>
        await app.Agent(agent).CheckoutAsync(new() { OrderId = orderId }) ?? throw new InvalidOperationException("There was nothing to lease.");

    /// <summary>An order that waits for its review.</summary>
    public static async Task<WorkOrder> SubmittedEchoAsync(this ShopApp app, string message = "hello")
    {
        var order = await app.ProposeEchoAsync(message);
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(orderId: order.Id), Verified);
        return await app.OrderAsync(order.Id);
    }

    /// <summary>A scripted order whose items all have an answer.</summary>
    public static async Task<WorkOrder> SubmittedNoteAsync(this ShopApp app, string text = "note", Actor? by = null)
    {
        var order = await app.Requester.ProposeAsync(new Note(text));
        var agent = app.By(by ?? Actor.Agent("agent-1"));
        while (await agent.CheckoutAsync(new() { OrderId = order.Id }) is { } lease)
        {
            await agent.SubmitAsync(lease, new Answer("done"));
        }

        return await app.OrderAsync(order.Id);
    }
}
