#region order-type
using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Catalog;

// What a requester asks for, what the agent of one item gets, and what it hands in.
public sealed record DescriptionRequest([property: MinLength(1)] ProductToDescribe[] Products);

public sealed record ProductToDescribe(int Id, string Name);

public sealed record ProductDescription([property: StringLength(200, MinimumLength = 20)] string Text);

[OrderType("product.descriptions")]
public sealed class DescribeProducts(AppDbContext db) : OrderType<DescriptionRequest, ProductToDescribe, ProductDescription>
{
    // One item per product: several agents can share an order.
    protected override IEnumerable<PlannedItem<ProductToDescribe>> Plan(DescriptionRequest payload) => payload.Products.Select(Item);

    // Beyond the shape, which the records above describe. The agent gets every error at once, and may correct and submit again.
    protected override void ValidateResult(ResultContext<ProductToDescribe, ProductDescription> item)
    {
        if (!item.Result.Text.Contains(item.Input.Name, StringComparison.OrdinalIgnoreCase))
        {
            item.Fail("text", "name_missing", "Name the product in its description.");
        }
    }

    // After approval. No SaveChanges: your rows, the order and its audit trail are saved in one transaction.
    protected override async Task ApplyAsync(
        ApplyContext<DescriptionRequest, ProductToDescribe, ProductDescription> apply, CancellationToken cancellationToken)
    {
        foreach (var done in apply.Items)
        {
            var product = await db.Products.SingleAsync(p => p.Id == done.Input.Id, cancellationToken);
            product.Description = done.Result.Text;
        }
    }
}
#endregion
