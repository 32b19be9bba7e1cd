using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Tests.Persistence.HostModel;

/// <summary>Our entities in a host's model: for reads, foreign keys and includes, whatever the host does to its own.</summary>
public abstract class HostModelSpecification(DatabaseFixture databases)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_hosts_migrations_leave_our_tables_out()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();

        var model = context.GetService<IDesignTimeModel>().Model;
        var operations = context.GetService<IMigrationsModelDiffer>().GetDifferences(null, model.GetRelationalModel());

        Assert.Equal(["customers", "invoices"], operations.OfType<CreateTableOperation>().Select(t => t.Name).Order());
        Assert.All(operations.OfType<ITableMigrationOperation>(), o => Assert.Contains(o.Table, (string[])["customers", "invoices"]));
        Assert.Contains(operations.OfType<CreateTableOperation>().SelectMany(t => t.ForeignKeys), k => k.PrincipalTable == "work_orders");
    }

    [Fact]
    public async Task The_host_sees_every_entity()
    {
        await using var database = await databases.CreateAsync();
        await using var context = database.Shop();

        Assert.Equal(11, ShippedModel.Entities.Count);
        Assert.All(ShippedModel.Entities, e => Assert.True(e.IsPublic && context.Model.FindEntityType(e) is not null));
    }

    [Fact]
    public async Task A_host_row_refers_to_an_order_and_includes_it()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        var order = await AddOrderAsync(database);
        await using (var context = database.Shop())
        {
            context.Add(new Invoice { Customer = new() { Name = "Ada" }, OrderId = order.Id });
            await context.SaveChangesAsync(Cancel);
        }

        await using var reading = database.Shop();
        var invoice = await reading.Invoices.Include(i => i.Order!.Items).SingleAsync(i => i.Order!.State == OrderState.Queued, Cancel);

        Assert.Equal(order.Id, invoice.Order!.Id);
        Assert.Single(invoice.Order.Items);
        await Assert.ThrowsAnyAsync<Exception>(() => database.ExecuteAsync("DELETE FROM work_orders"));
    }

    [Fact]
    public async Task A_loop_that_renames_is_one_error_that_names_the_tables()
    {
        await using var database = await databases.CreateAsync();
        await using var context = Host<Renaming>(database);

        var error = Assert.Throws<InvalidOperationException>(() => context.Model);

        Assert.Contains("work_orders is renamed to shop_work_orders", error.Message, StringComparison.Ordinal);
        Assert.Contains("work_items.order_id is renamed to c_OrderId", error.Message, StringComparison.Ordinal);
        Assert.Contains("OnModelCreating", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Damages => new()
    {
        { nameof(AddingColumns), "work_orders has a further column IsDeleted" },
        { nameof(Converting), "work_orders.created_at is converted" },
        { nameof(Ignoring), "work_orders.meta is left out" },
        { nameof(Scaffolding), "work_orders is no longer excluded from the host's migrations" },
        { nameof(Moving), "work_orders is moved to the schema legacy" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_loop_that_changes_what_our_SQL_relies_on_is_an_error(string host, string damage)
    {
        await using var database = await databases.CreateAsync();
        await using DbContext context = host switch
        {
            nameof(AddingColumns) => Host<AddingColumns>(database),
            nameof(Converting) => Host<Converting>(database),
            nameof(Ignoring) => Host<Ignoring>(database),
            nameof(Moving) => Host<Moving>(database),
            _ => Host<Scaffolding>(database),
        };

        Assert.Contains(damage, Assert.Throws<InvalidOperationException>(() => context.Model).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_naming_convention_leaves_our_names_alone(bool conventionFirst)
    {
        await using var database = await databases.CreateAsync();
        await using var context = new SnakeCaseHost(database.RareOptions<SnakeCaseHost>(o =>
        {
            _ = conventionFirst ? o.UseSnakeCaseNamingConvention().UseWorkManager() : o.UseWorkManager().UseSnakeCaseNamingConvention();
        }));
        await context.Database.MigrateAsync(Cancel);
        var order = await AddOrderAsync(database);

        Assert.Equal("unit_price", context.Model.FindEntityType(typeof(Article))!.FindProperty(nameof(Article.UnitPrice))!.GetColumnName());
        Assert.Equal(order.Id, (await context.Set<WorkOrder>().Include(o => o.Items).ThenInclude(i => i.Parts).SingleAsync(Cancel)).Id);
        await using var engine = database.Engine();
        Assert.Equal(Names(engine.Model), Names(context.Model));
    }

    [Fact]
    public async Task Conventions_of_the_host_for_all_properties_of_a_type_leave_ours_alone()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await AddOrderAsync(database);
        await using var context = Host<WithConventions>(database);

        var order = await context.Set<WorkOrder>().SingleAsync(o => o.CreatedAt < DateTimeOffset.MaxValue && o.State == OrderState.Queued, Cancel);

        Assert.Equal(2026, order.CreatedAt.Year);
    }

    [Fact]
    public async Task A_query_filter_of_the_host_is_the_hosts_only()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await AddOrderAsync(database);
        await using var context = Host<Filtering>(database);
        await using var engine = database.Engine();

        Assert.Empty(await context.Set<WorkOrder>().ToListAsync(Cancel));
        Assert.Single(await context.Set<WorkOrder>().IgnoreQueryFilters().ToListAsync(Cancel));
        Assert.Single(await engine.WorkOrders.ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_context_that_forgot_UseWorkManager_keeps_names_pinned_and_tables_excluded()
    {
        // As a design-time factory from before WorkManager builds it: the entities come with the host's navigation.
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await using var context = new ShopContext(database.Options<ShopContext>());

        var model = context.GetService<IDesignTimeModel>().Model;
        var operations = context.GetService<IMigrationsModelDiffer>().GetDifferences(null, model.GetRelationalModel());

        Assert.NotNull(model.FindEntityType(typeof(WorkOrder)));
        Assert.NotNull(model.FindEntityType(typeof(WorkItem)));
        Assert.Empty(ShippedModel.FindDamage(model));
        Assert.Equal(["customers", "invoices"], operations.OfType<CreateTableOperation>().Select(t => t.Name).Order());
        Assert.Empty(await context.Set<WorkOrder>().Include(o => o.Items).ToListAsync(Cancel));
    }

    private static T Host<T>(TestDatabase database) where T : DbContext =>
        (T)Activator.CreateInstance(typeof(T), database.Options<T>(o => o.UseWorkManager()))!;

    /// <summary>Every name in the database that the two models give our entities.</summary>
    private static List<string?> Names(IModel model) =>
    [
        .. ShippedModel.Entities.Select(t => model.FindEntityType(t)!).SelectMany(IEnumerable<string?> (e) =>
        [
            e.GetTableName(),
            .. e.GetProperties().Select(p => p.GetColumnName()),
            .. e.GetKeys().Select(k => k.GetName()),
            .. e.GetForeignKeys().Select(f => f.GetConstraintName()),
            .. e.GetIndexes().Select(i => i.GetDatabaseName()).Order(StringComparer.Ordinal),
        ]),
    ];

    private static async Task<WorkOrder> AddOrderAsync(TestDatabase database)
    {
        await using var engine = database.Engine();
        var order = Rows.Order();
        engine.AddRange(order, Rows.Item(order));
        await engine.SaveChangesAsync(Cancel);
        return order;
    }

    private sealed class Renaming(DbContextOptions options) : ShopContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            base.OnModelCreating(modelBuilder);
            foreach (var entity in modelBuilder.Model.GetEntityTypes())
            {
                entity.SetTableName("shop_" + entity.GetTableName());
                foreach (var property in entity.GetProperties())
                {
                    property.SetColumnName("c_" + property.Name);
                }
            }
        }
    }

    private sealed class AddingColumns(DbContextOptions options) : ShopContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            foreach (var entity in modelBuilder.Model.GetEntityTypes())
            {
                entity.AddProperty("IsDeleted", typeof(bool));
            }
        }
    }

    private sealed class Converting(DbContextOptions options) : ShopContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(e => e.GetProperties()).Where(p => p.ClrType == typeof(DateTimeOffset)))
            {
                property.SetValueConverter(typeof(DateTimeOffsetToBinaryConverter));
            }
        }
    }

    private sealed class Ignoring(DbContextOptions options) : ShopContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<WorkOrder>().Ignore(o => o.Meta);
    }

    private sealed class Scaffolding(DbContextOptions options) : ShopContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) =>
            modelBuilder.Entity<WorkOrder>().ToTable("work_orders", t => t.ExcludeFromMigrations(false));
    }

    private sealed class Moving(DbContextOptions options) : ShopContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            foreach (var entity in modelBuilder.Model.GetEntityTypes())
            {
                entity.SetSchema("legacy");
            }
        }
    }

    private sealed class WithConventions(DbContextOptions options) : ShopContext(options)
    {
        protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        {
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<DateTimeOffsetToBinaryConverter>();
            configurationBuilder.Properties<OrderState>().HaveConversion<int>();
            configurationBuilder.Properties<string>().HaveMaxLength(10);
        }
    }

    private sealed class Filtering(DbContextOptions options) : ShopContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            base.OnModelCreating(modelBuilder);
            modelBuilder.Entity<WorkOrder>().HasQueryFilter(o => o.TenantId == "somebody else");
            modelBuilder.Entity<Customer>().HasQueryFilter(c => c.Name != "");
        }
    }

    private sealed class SnakeCaseHost(DbContextOptions options) : DbContext(options)
    {
        public DbSet<Article> Articles => Set<Article>();
    }

    private sealed class Article
    {
        public int Id { get; set; }

        public int UnitPrice { get; set; }
    }
}

public sealed class HostModelOnSqlite(SqliteFixture databases) : HostModelSpecification(databases), IOnSqlite;

public sealed class HostModelOnPostgreSql(PostgreSqlFixture databases) : HostModelSpecification(databases), IOnPostgreSql;
