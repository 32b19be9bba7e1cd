using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Catalog.Guides;

public sealed record PriceList(string[] Products);

public sealed record PriceToCheck(string Product);

public sealed record PriceFound(decimal Amount);

#region order-type-versions
[OrderType("shop.prices", Version = 2, LeaseSeconds = 1800)]
public sealed class CheckPrices(AppDbContext db) : OrderType<PriceList, PriceToCheck, PriceFound>
{
    protected override IEnumerable<PlannedItem<PriceToCheck>> Plan(PriceList payload) =>
        payload.Products.Select(name => new PlannedItem<PriceToCheck>(new(name)) { LeaseTime = TimeSpan.FromMinutes(5) });

    // Version 1 called the product "name", and counted in cents.
    public override JsonObject UpgradeInput(JsonObject input, int fromVersion) => new() { ["product"] = input["name"]?.DeepClone() };

    public override JsonObject UpgradeResult(JsonObject result, int fromVersion) => new() { ["amount"] = (decimal?)result["cents"] / 100 };

    protected override async Task ApplyAsync(ApplyContext<PriceList, PriceToCheck, PriceFound> apply, CancellationToken cancellationToken)
    {
        foreach (var item in apply.Items)
        {
            var product = await db.Products.SingleAsync(p => p.Name == item.Input.Product, cancellationToken);
            product.Description = $"{product.Name}, {item.Result.Amount}";
        }
    }
}
#endregion

internal static class Types
{
    public static async Task<WorkLease?> ProposeAsync(IWorkOrderManager work, IWorkOrderManager agent, CancellationToken cancellationToken)
    {
        #region shared-payload
        WorkOrder order = await work.ProposeAsync<CheckPrices>(new PriceList(["Kettle", "Teapot"]), new() { Priority = 50 }, cancellationToken);
        WorkLease? lease = await agent.CheckoutAsync<CheckPrices>(new CheckoutRequest { OrderId = order.Id, MinPriority = 10 }, cancellationToken);
        #endregion
        return lease;
    }
}
