#region service-order-type
using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Invoices;

public sealed record TotalsToRead([property: MinLength(1)] int[] InvoiceIds);

public sealed record TotalToRead(int InvoiceId);

public sealed record InvoiceTotal(decimal Total);

[OrderType("invoice.totals")]
public sealed class ReadTotals(InvoiceContext db) : OrderType<TotalsToRead, TotalToRead, InvoiceTotal>
{
    // Nobody reviews these: an order is applied as soon as its last result is in.
    public override bool AutoApprove => true;

    protected override IEnumerable<PlannedItem<TotalToRead>> Plan(TotalsToRead payload) => payload.InvoiceIds.Select(id => Item(new TotalToRead(id)));

    protected override void ValidateResult(ResultContext<TotalToRead, InvoiceTotal> item)
    {
        if (item.Result.Total <= 0)
        {
            item.Fail("total", "not_positive", "An invoice has a total above zero.");
        }
    }

    protected override async Task ApplyAsync(ApplyContext<TotalsToRead, TotalToRead, InvoiceTotal> apply, CancellationToken cancellationToken)
    {
        foreach (var done in apply.Items)
        {
            var invoice = await db.Invoices.SingleAsync(i => i.Id == done.Input.InvoiceId, cancellationToken);
            invoice.Total = done.Result.Total;
        }
    }
}
#endregion
