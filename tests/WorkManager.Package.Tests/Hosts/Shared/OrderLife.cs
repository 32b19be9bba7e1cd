using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager;

namespace Shop;

/// <summary>An order from propose to applied, in whatever application it runs.</summary>
public static class OrderLife
{
    public static async Task<int> RunAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();

        var customer = new Customer { Name = "ada" };
        db.Add(customer);
        await db.SaveChangesAsync();

        var order = await work.As(Actor.User("anna")).ProposeAsync(new CustomerToRename(customer.Id));
        var agent = work.As(Actor.Agent("agent-1"));
        var lease = await agent.CheckoutAsync<RenameCustomer>() ?? throw new InvalidOperationException("There was nothing to check out.");
        await agent.HeartbeatAsync(lease);
        await agent.SubmitAsync(lease, new NewName("Ada Lovelace"));
        await work.As(Actor.User("bert")).ApproveAsync(order.Id);

        // From the database, by a context that knows nothing yet; and our table through the host's own model.
        await using var fresh = services.CreateAsyncScope();
        var context = fresh.ServiceProvider.GetRequiredService<ShopContext>();
        var renamed = await context.Customers.AnyAsync(c => c.Id == customer.Id && c.Name == "Ada Lovelace");
        var stored = await context.Set<WorkOrder>().Include(o => o.Items).Include(o => o.Events).SingleAsync(o => o.Id == order.Id);
        var applied = renamed && stored is { State: OrderState.Completed, Items.Count: 1 } && stored.Events.Any(e => e.Event == "applied");
        Console.WriteLine(applied ? "applied" : $"not applied: {stored.State}, renamed: {renamed}");
        return applied ? 0 : 1;
    }
}
