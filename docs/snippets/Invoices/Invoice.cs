#region service-context
using Microsoft.EntityFrameworkCore;

namespace Invoices;

public sealed class Invoice
{
    public int Id { get; set; }

    public required string Text { get; set; }

    public decimal? Total { get; set; }
}

public sealed class InvoiceContext(DbContextOptions<InvoiceContext> options) : DbContext(options)
{
    public DbSet<Invoice> Invoices => Set<Invoice>();
}
#endregion
