using Microsoft.EntityFrameworkCore;

namespace WorkManager.Tests.Ledger;

/// <summary>A bank: money moves between accounts, and is neither made nor lost.</summary>
public sealed class LedgerContext(DbContextOptions<LedgerContext> options) : DbContext(options)
{
    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<Booking> Bookings => Set<Booking>();

    public DbSet<Memo> Memos => Set<Memo>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Account>(account =>
        {
            account.ToTable("accounts").IsGoverned();
            account.Property(a => a.Id).ValueGeneratedNever();
            account.Property(a => a.Balance).IsConcurrencyToken();
            account.OwnsOne(a => a.Holder);
        });
        modelBuilder.Entity<SavingsAccount>();
        modelBuilder.Entity<Booking>().ToTable("bookings").IsGoverned().HasKey(b => b.OrderId);
        modelBuilder.Entity<Memo>().ToTable("memos").IsGoverned(GovernedWrites.Warn);
    }
}

public class Account
{
    public int Id { get; set; }

    public long Balance { get; set; }

    public Holder? Holder { get; set; }
}

public sealed class SavingsAccount : Account
{
    public int Rate { get; set; }
}

public sealed class Holder
{
    public required string Name { get; set; }
}

/// <summary>That an order was applied.</summary>
public sealed class Booking
{
    public Guid OrderId { get; set; }

    public long Amount { get; set; }
}

public sealed class Memo
{
    public int Id { get; set; }

    public required string Text { get; set; }
}

public sealed record Transfer(int From, int To, long Amount);

public sealed record Checked(bool Ok);

/// <summary>What happens on each line of an apply.</summary>
public sealed class Lines
{
    public const int Count = 5;

    public Func<int, LedgerContext, Task> At { get; set; } = (_, _) => Task.CompletedTask;
}

/// <summary>Moves money in two saves.</summary>
public abstract class Moving(LedgerContext db, Lines lines) : OrderType<Transfer, Checked>
{
    protected override async Task ApplyAsync(ApplyContext<Transfer, Transfer, Checked> apply, CancellationToken cancellationToken)
    {
        await lines.At(0, db);
        var from = await db.Accounts.SingleAsync(a => a.Id == apply.Payload.From, cancellationToken);
        var to = await db.Accounts.SingleAsync(a => a.Id == apply.Payload.To, cancellationToken);
        await lines.At(1, db);
        from.Balance -= apply.Payload.Amount;
        await db.SaveChangesAsync(cancellationToken);
        await lines.At(2, db);
        to.Balance += apply.Payload.Amount;
        await lines.At(3, db);
        db.Bookings.Add(new Booking { OrderId = apply.OrderId, Amount = apply.Payload.Amount });
        await lines.At(4, db);
    }
}

[OrderType("ledger.transfer")]
public sealed class MoveNow(LedgerContext db, Lines lines) : Moving(db, lines);

[OrderType("ledger.deferred", DeferApply = true)]
public sealed class MoveLater(LedgerContext db, Lines lines) : Moving(db, lines);
