using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using WorkManager.Persistence.HostModel;

namespace WorkManager;

/// <summary>
/// The engine's own context. A host that has no context of its own registers it with
/// <c>services.AddDbContext&lt;WorkManagerDbContext&gt;(o =&gt; o.UseSqlite(…))</c>; every other host names its context with <c>UseDbContext&lt;T&gt;()</c>.
/// </summary>
/// <param name="options">The options.</param>
public sealed class WorkManagerDbContext(DbContextOptions<WorkManagerDbContext> options) : DbContext(options)
{
    /// <summary>Whether the context works on a connection that is not its own: others may use it at the same moment, or have begun a transaction.</summary>
    internal bool IsOnGivenConnection { get; set; }

    /// <summary>Whether a transaction was begun for what the context does: all its commands belong into it.</summary>
    internal bool IsInTransaction { get; set; }

    /// <summary>Names the database and the schema of the context.</summary>
    internal string DatabaseName { get; set; } = "";

    /// <summary>The orders.</summary>
    public DbSet<WorkOrder> WorkOrders => Set<WorkOrder>();

    /// <summary>The items.</summary>
    public DbSet<WorkItem> WorkItems => Set<WorkItem>();

    /// <summary>The partial submissions.</summary>
    public DbSet<WorkItemPart> WorkItemParts => Set<WorkItemPart>();

    /// <summary>The audit trail.</summary>
    public DbSet<WorkEvent> WorkEvents => Set<WorkEvent>();

    /// <summary>The provenance rows.</summary>
    public DbSet<WorkProvenance> WorkProvenances => Set<WorkProvenance>();

    /// <summary>The idempotency keys.</summary>
    public DbSet<WorkIdempotencyKey> WorkIdempotencyKeys => Set<WorkIdempotencyKey>();

    /// <summary>The decisions of reviewers.</summary>
    public DbSet<WorkDecision> WorkDecisions => Set<WorkDecision>();

    /// <summary>Which items wait for which.</summary>
    public DbSet<WorkItemDependency> WorkItemDependencies => Set<WorkItemDependency>();

    /// <summary>Which orders wait for which.</summary>
    public DbSet<WorkOrderDependency> WorkOrderDependencies => Set<WorkOrderDependency>();

    /// <summary>Who does which maintenance duty.</summary>
    public DbSet<WorkDuty> WorkDuties => Set<WorkDuty>();

    /// <summary>The order types of which nothing is handed out.</summary>
    public DbSet<WorkPausedType> WorkPausedTypes => Set<WorkPausedType>();

    /// <inheritdoc/>
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder)
    {
        if (optionsBuilder.Options.FindExtension<WorkManagerOptionsExtension>() is null)
        {
            ((IDbContextOptionsBuilderInfrastructure)optionsBuilder).AddOrUpdateExtension(WorkManagerOptionsExtension.ForHost(null, _ => { }));
        }
    }
}
