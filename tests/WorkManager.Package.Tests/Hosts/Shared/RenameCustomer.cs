using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Shop;

public sealed record CustomerToRename(int Id);

public sealed record NewName(string Name);

[OrderType("customer.rename", Version = 1)]
public sealed class RenameCustomer(ShopContext db) : OrderType<CustomerToRename, CustomerToRename, NewName>
{
    protected override IEnumerable<PlannedItem<CustomerToRename>> Plan(CustomerToRename payload) => [Item(payload)];

    protected override async Task ApplyAsync(ApplyContext<CustomerToRename, CustomerToRename, NewName> apply, CancellationToken cancellationToken)
    {
        foreach (var item in apply.Items)
        {
            (await db.Customers.SingleAsync(c => c.Id == item.Input.Id, cancellationToken)).Name = item.Result.Name;
        }
    }
}
