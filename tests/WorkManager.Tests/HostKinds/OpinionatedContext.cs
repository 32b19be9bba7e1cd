using System.Collections.Concurrent;
using System.Data.Common;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Tests.HostKinds;

/// <summary>A host with rules for every table: filters, soft deletes, stamps, names.</summary>
public sealed class OpinionatedContext(DbContextOptions<OpinionatedContext> options) : DbContext(options)
{
    public DbSet<PriceList> PriceLists => Set<PriceList>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        foreach (var entity in modelBuilder.Model.GetEntityTypes().ToList())
        {
            var row = Expression.Parameter(entity.ClrType);
            Expression visible = entity.ClrType == typeof(PriceList)
                ? Expression.Not(Expression.Property(row, nameof(PriceList.IsDeleted)))
                : Expression.Constant(false);
            entity.SetQueryFilter(Expression.Lambda(visible, row));
        }
    }
}

public sealed class PriceList
{
    public int Id { get; set; }

    public string LongName { get; set; } = "";

    public bool IsDeleted { get; set; }

    public DateTime? LastTouched { get; set; }
}

/// <summary>Turns deletes into updates and stamps what is saved; notes what it gets to see.</summary>
internal sealed class SoftDeletes : SaveChangesInterceptor
{
    public ConcurrentDictionary<Type, bool> Seen { get; } = [];

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        foreach (var entry in eventData.Context!.ChangeTracker.Entries().ToList())
        {
            Seen[entry.Metadata.ClrType] = true;
            if (entry.Entity is PriceList list)
            {
                if (entry.State == EntityState.Deleted)
                {
                    entry.State = EntityState.Modified;
                    list.IsDeleted = true;
                }

                list.LastTouched = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
            }
        }

        return ValueTask.FromResult(result);
    }
}

/// <summary>Notes which contexts open connections, and which send commands.</summary>
internal sealed class Witness : DbConnectionInterceptor, IDbCommandInterceptor
{
    public ConcurrentDictionary<Type, bool> Connected { get; } = [];

    public ConcurrentDictionary<Type, bool> Commanding { get; } = [];

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Connected[eventData.Context!.GetType()] = true;
        return Task.CompletedTask;
    }

    public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken)
    {
        Commanding[eventData.Context!.GetType()] = true;
        return ValueTask.FromResult(result);
    }
}
