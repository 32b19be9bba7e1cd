#region service-handler
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Invoices;

public sealed class TotalReader(InvoiceContext db) : IWorkHandler<TotalToRead, InvoiceTotal>
{
    public async Task<WorkResult<InvoiceTotal>> HandleAsync(WorkContext<TotalToRead> work, CancellationToken cancellationToken)
    {
        var invoice = await db.Invoices.SingleAsync(i => i.Id == work.Input.InvoiceId, cancellationToken);
        var lastWord = invoice.Text.Split(' ')[^1]; // where a model would read
        if (!decimal.TryParse(lastWord, CultureInfo.InvariantCulture, out var total))
        {
            return new WorkFailure("no_total", $"'{lastWord}' is no number.") { Retryable = false };
        }

        return new InvoiceTotal(total);
    }
}
#endregion
