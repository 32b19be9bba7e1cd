using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Shop;

public class ReportContext(DbContextOptions<ReportContext> options) : DbContext(options)
{
    public DbSet<Report> Reports => Set<Report>();
}

public sealed class Report
{
    public int Id { get; set; }

    public required WorkOrder Order { get; set; }
}
