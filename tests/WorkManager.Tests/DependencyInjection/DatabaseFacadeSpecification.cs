using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Tests.Persistence;
using WorkManager.Tests.Persistence.HostModel;
using WorkManager.Tests.Races;

namespace WorkManager.Tests.DependencyInjection;

/// <summary>Our tables without the tool.</summary>
public abstract class DatabaseFacadeSpecification(DatabaseFixture databases)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData(true), InlineData(false)]
    public async Task MigrateWorkManager_makes_our_tables_alone_and_may_be_repeated(bool async)
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();

        await MigrateAsync(context, async);
        await MigrateAsync(context, async);

        Assert.Equal(11, (await DatabaseSchema.ReadAsync(database)).Tables.Count);
        Assert.Equal([First.Id], await context.Database.GetPendingMigrationsAsync(Cancel));
    }

    [Fact]
    public async Task MigrateWorkManager_reverts_nothing_of_the_hosts()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await database.ExecuteAsync("INSERT INTO customers (\"Id\", \"Name\") VALUES (1, 'Ada')");
        await using var context = database.Shop();

        await context.Database.MigrateWorkManagerAsync(Cancel);

        Assert.Equal(1L, await database.ScalarAsync("SELECT count(*) FROM customers"));
        Assert.Empty(await context.Database.GetPendingMigrationsAsync(Cancel));
    }

    [Fact]
    public async Task After_MigrateWorkManager_the_hosts_own_migrations_follow()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();

        await context.Database.MigrateWorkManagerAsync(Cancel);
        await context.Database.MigrateAsync(Cancel);

        Assert.Empty(await context.Database.GetPendingMigrationsAsync(Cancel));
        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM invoices"));
    }

    [Fact]
    public async Task Several_programs_may_migrate_at_once()
    {
        await using var database = await databases.CreateAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await using var context = database.Shop();
            await context.Database.MigrateWorkManagerAsync(Cancel);
        })));

        Assert.Equal(11, (await DatabaseSchema.ReadAsync(database)).Tables.Count);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task EnsureWorkManagerCreated_makes_the_hosts_tables_and_ours_and_seeds(bool async)
    {
        await using var database = await databases.CreateAsync();
        await using var context = Seeded(database);

        Assert.True(await EnsureCreatedAsync(context, async));
        Assert.False(await EnsureCreatedAsync(context, async));

        // An invoice refers to an order: ours had to come first.
        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM invoices"));
        Assert.Equal(11, (await DatabaseSchema.ReadAsync(database)).Tables.Count);
        Assert.Equal(["new: True", "new: False"], await context.Customers.OrderBy(c => c.Id).Select(c => c.Name).ToListAsync(Cancel));
    }

    [Theory, InlineData(MigrationOwnership.Package), InlineData(MigrationOwnership.Host)]
    public async Task Of_callers_at_once_one_makes_the_tables_and_the_others_find_them(MigrationOwnership ownership)
    {
        const int callers = 6;
        for (var round = 0; round < 2; round++)
        {
            await using var database = await databases.CreateAsync();
            var options = Options(database, ownership);

            var made = await CreateAtOnceAsync(options, callers);

            Assert.Single(made, isNew => isNew);
            Assert.Equal(11, (await DatabaseSchema.ReadAsync(database)).Tables.Count);
            Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM invoices"));
        }
    }

    [Fact]
    public async Task Of_callers_at_once_one_makes_the_database()
    {
        await using var other = await databases.CreateAsync();
        var builder = new DbContextOptionsBuilder<ShopContext>();
        other.Configure(builder);
        var missing = other.Provider == Provider.Sqlite
            ? builder.UseSqlite(other.ConnectionString.Replace(".db", $"-{Guid.NewGuid():N}.db", StringComparison.Ordinal))
            : builder.UseNpgsql(new Npgsql.NpgsqlConnectionStringBuilder(other.ConnectionString) { Database = $"missing_{Guid.NewGuid():N}" }.ToString());

        var made = await CreateAtOnceAsync(missing.UseWorkManager().Options, 6);

        Assert.Single(made, isNew => isNew);
        await using var context = new ShopContext(missing.Options);
        Assert.Empty(await context.Invoices.ToListAsync(Cancel));
        await context.Database.EnsureDeletedAsync(Cancel);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_interrupted_EnsureWorkManagerCreated_leaves_nothing_and_the_next_one_makes_everything(bool async)
    {
        await using var database = await databases.CreateAsync();
        await using (var interrupted = new ShopContext(database.RareOptions<ShopContext>(o => o.UseWorkManager().AddInterceptors(new StopsAtInvoices()))))
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => EnsureCreatedAsync(interrupted, async));
        }

        await using var context = database.Shop();
        Assert.False(await context.GetService<IRelationalDatabaseCreator>().HasTablesAsync(Cancel));

        Assert.True(await EnsureCreatedAsync(context, async));
        Assert.Equal(11, (await DatabaseSchema.ReadAsync(database)).Tables.Count);
        Assert.Empty(await context.Invoices.ToListAsync(Cancel));
    }

    [Fact]
    public async Task EnsureWorkManagerCreated_adds_ours_to_what_EnsureCreated_made()
    {
        await using var database = await databases.CreateAsync();
        await using var context = new Unrelated(database.RareOptions<Unrelated>(o => o.UseWorkManager()));
        Assert.True(await context.Database.EnsureCreatedAsync(Cancel));
        Assert.Empty((await DatabaseSchema.ReadAsync(database)).Tables);

        Assert.False(await context.Database.EnsureWorkManagerCreatedAsync(Cancel));

        Assert.Equal(11, (await DatabaseSchema.ReadAsync(database)).Tables.Count);
        Assert.Empty(await context.Set<Note>().ToListAsync(Cancel));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task EnsureWorkManagerCreated_of_a_host_that_owns_our_tables_makes_all_of_them(bool async)
    {
        await using var database = await databases.CreateAsync();
        await using var context = Owned(database, MigrationOwnership.Host);

        Assert.True(await EnsureCreatedAsync(context, async));

        Assert.Equal(11, (await DatabaseSchema.ReadAsync(database)).Tables.Count);
        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM invoices"));
    }

    [Fact]
    public async Task A_context_that_does_not_own_the_tables_is_told_so()
    {
        await using var database = await databases.CreateAsync();
        await using var reader = Owned(database, MigrationOwnership.None);
        await using var owner = Owned(database, MigrationOwnership.Host);
        await using var stranger = new ShopContext(database.Options<ShopContext>());

        Assert.Contains("another context", Assert.Throws<InvalidOperationException>(reader.Database.MigrateWorkManager).Message, StringComparison.Ordinal);
        Assert.Contains(
            "another context", Assert.Throws<InvalidOperationException>(() => reader.Database.EnsureWorkManagerCreated()).Message, StringComparison.Ordinal);
        Assert.Contains("its own migrations", Assert.Throws<InvalidOperationException>(owner.Database.MigrateWorkManager).Message, StringComparison.Ordinal);
        Assert.Contains("UseWorkManager()", Assert.Throws<InvalidOperationException>(stranger.Database.MigrateWorkManager).Message, StringComparison.Ordinal);
        Assert.Contains(
            "UseWorkManager()", Assert.Throws<InvalidOperationException>(() => stranger.Database.EnsureWorkManagerCreated()).Message, StringComparison.Ordinal);
    }

    private static ShopContext Owned(TestDatabase database, MigrationOwnership ownership) =>
        new(database.RareOptions<ShopContext>(o => o.UseWorkManager(s => s.Migrations = ownership)));

    private static ShopContext Seeded(TestDatabase database) => new(database.RareOptions<ShopContext>(o => o
        .UseWorkManager()
        .UseSeeding((context, isNew) => Seed(context, isNew).SaveChanges())
        .UseAsyncSeeding(async (context, isNew, cancel) => await Seed(context, isNew).SaveChangesAsync(cancel))));

    private static DbContext Seed(DbContext context, bool isNew)
    {
        context.Add(new Customer { Name = $"new: {isNew}" });
        return context;
    }

    private static DbContextOptions<ShopContext> Options(TestDatabase database, MigrationOwnership ownership) => ownership == MigrationOwnership.Package
        ? database.Options<ShopContext>(o => o.UseWorkManager())
        : database.Options<ShopContext>(o => o.UseWorkManager(s => s.Migrations = ownership));

    private static async Task<bool[]> CreateAtOnceAsync(DbContextOptions<ShopContext> options, int callers)
    {
        var line = new StartingLine(callers);
        return await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            await using var context = new ShopContext(options);
            _ = context.Model;
            await line.WaitAsync();
            return await EnsureCreatedAsync(context, async: caller % 2 == 0);
        })));
    }

    private static async Task MigrateAsync(DbContext context, bool async)
    {
        if (async)
        {
            await context.Database.MigrateWorkManagerAsync(Cancel);
        }
        else
        {
            context.Database.MigrateWorkManager();
        }
    }

    private static async Task<bool> EnsureCreatedAsync(DbContext context, bool async) =>
        async ? await context.Database.EnsureWorkManagerCreatedAsync(Cancel) : context.Database.EnsureWorkManagerCreated();

    /// <summary>Fails before the last table of the host.</summary>
    private sealed class StopsAtInvoices : DbCommandInterceptor
    {
        public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) =>
            command.CommandText.Contains("invoices", StringComparison.Ordinal) ? throw new InvalidDataException() : result;

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(NonQueryExecuting(command, eventData, result));
    }

    private sealed class Note
    {
        public int Id { get; set; }
    }

    private sealed class Unrelated(DbContextOptions options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>().ToTable("notes");
    }
}

public sealed class DatabaseFacadeOnSqlite(SqliteFixture databases) : DatabaseFacadeSpecification(databases), IOnSqlite;

public sealed class DatabaseFacadeOnPostgreSql(PostgreSqlFixture databases) : DatabaseFacadeSpecification(databases), IOnPostgreSql;
