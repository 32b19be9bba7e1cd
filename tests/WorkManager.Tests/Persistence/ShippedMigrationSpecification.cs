using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Persistence.HostModel;
using WorkManager.Persistence.Migrations;
using WorkManager.Tests.Persistence.HostModel;

namespace WorkManager.Tests.Persistence;

/// <summary>Migrations are written by hand, beside a model that changes: neither may drift from the other.</summary>
public abstract class ShippedMigrationSpecification(DatabaseFixture databases)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_makes_exactly_the_tables_that_the_model_would_make()
    {
        await using var migrated = await databases.CreateAsync(Hosts.Migrated);
        await using var created = await databases.CreateAsync();
        await using (var context = Unexcluded(created))
        {
            await context.GetService<IRelationalDatabaseCreator>().CreateTablesAsync(Cancel);
        }

        var expected = (await DatabaseSchema.ReadAsync(created)).Tables.SelectMany(t => t.Describe());
        var found = (await DatabaseSchema.ReadAsync(migrated)).Tables.SelectMany(t => t.Describe()).ToList();

        // The one column that the model cannot have, and its index.
        Assert.Equal(databases.Provider == Provider.PostgreSql, found.Remove("work_events.tx xid8 NOT NULL"));
        Assert.Equal(databases.Provider == Provider.PostgreSql, found.Remove("work_events DEFAULT tx: pg_current_xact_id()"));
        Assert.Equal(databases.Provider == Provider.PostgreSql, found.Remove("work_events INDEX work_events_tx_idx (tx, id)"));
        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task It_makes_a_table_for_every_entity()
    {
        await using var migrated = await databases.CreateAsync(Hosts.Migrated);
        await using var engine = migrated.Engine();

        Assert.Equal(
            ShippedModel.Entities.Select(e => engine.Model.FindEntityType(e)!.GetTableName()).Order(StringComparer.Ordinal),
            (await DatabaseSchema.ReadAsync(migrated)).Tables.Select(t => t.Name));
    }

    [Fact]
    public async Task The_target_model_of_the_last_one_is_the_model()
    {
        await using var database = await databases.CreateAsync();
        await using var context = Unexcluded(database);
        var target = TargetModel(context, excluded: false);
        var model = context.GetService<IDesignTimeModel>().Model;

        var differences = context.GetService<IMigrationsModelDiffer>().GetDifferences(target.GetRelationalModel(), model.GetRelationalModel());

        Assert.Empty(differences.Where(d => !IsProvidersOwn(d)).Select(Describe));
    }

    [Fact]
    public async Task The_target_model_leaves_the_tables_out_of_the_hosts_migrations()
    {
        await using var database = await databases.CreateAsync();
        await using var context = Unexcluded(database);

        Assert.All(TargetModel(context).GetEntityTypes(), e => Assert.True(e.IsTableExcludedFromMigrations()));
    }

    [Fact]
    public async Task A_later_migration_may_alter_a_column_and_the_rest_of_the_table_stays()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await using var context = database.Engine();
        var before = (await DatabaseSchema.ReadAsync(database)).Tables.SelectMany(t => t.Describe()).Order(StringComparer.Ordinal);
        var alter = new AlterColumnOperation
        {
            Table = "work_orders", Name = "trace_parent", ClrType = typeof(string), MaxLength = 55, IsNullable = true,
            OldColumn = new AddColumnOperation { ClrType = typeof(string), MaxLength = 10, IsNullable = true },
        };

        // SQLite cannot alter a column: EF Core copies the table into a new one, which it knows from the target model only.
        var commands = context.GetService<IMigrationsSqlGenerator>().Generate([alter], TargetModel(context));
        await context.GetService<IMigrationCommandExecutor>().ExecuteNonQueryAsync(commands, context.GetService<IRelationalConnection>(), Cancel);

        Assert.Contains(
            commands, c => c.CommandText.Contains(databases.Provider == Provider.Sqlite ? "ef_temp_work_orders" : "ALTER COLUMN", StringComparison.Ordinal));
        Assert.Equal(before, (await DatabaseSchema.ReadAsync(database)).Tables.SelectMany(t => t.Describe()).Order(StringComparer.Ordinal));
    }

    /// <summary>What the last shipped migration says the model is after it.</summary>
    private static IModel TargetModel(DbContext context, bool excluded = true)
    {
        var last = typeof(WorkManagerMigration).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(WorkManagerMigration))).MaxBy(t => t.GetCustomAttribute<MigrationAttribute>()!.Id, StringComparer.Ordinal)!;
        var migration = (Migration)Activator.CreateInstance(last, nonPublic: true)!;
        migration.ActiveProvider = context.Database.ProviderName!;
        var model = (IMutableModel)migration.TargetModel;
        if (!excluded)
        {
            Include(model);
        }

        return context.GetService<IModelRuntimeInitializer>().Initialize(model.FinalizeModel(), designTime: true, validationLogger: null);
    }

    private static void Include(IMutableModel model)
    {
        foreach (var entity in model.GetEntityTypes())
        {
            entity.SetIsTableExcludedFromMigrations(false);
        }
    }

    /// <summary>The target model is one for all providers: it leaves out JSON types and how the database gives ids.</summary>
    private bool IsProvidersOwn(MigrationOperation difference) =>
        databases.Provider == Provider.PostgreSql
        && difference switch
        {
            AlterColumnOperation { IsNullable: var nullable, OldColumn: { IsNullable: var was } old } column =>
                nullable == was && column.MaxLength == old.MaxLength
                && (column.ColumnType is "json" or "jsonb" || column is { Name: "id", ColumnType: "bigint" }),
            AlterDatabaseOperation => true,
            _ => false,
        };

    private static string Describe(MigrationOperation operation) => operation switch
    {
        ColumnOperation column => $"{column.GetType().Name} {column.Table}.{column.Name}",
        CreateIndexOperation index => $"CreateIndex {index.Name}",
        DropIndexOperation index => $"DropIndex {index.Name}",
        _ => operation.GetType().Name,
    };

    /// <summary>The engine's model as if its tables were an ordinary part of a context.</summary>
    private static WorkManagerDbContext Unexcluded(TestDatabase database) => new(database.RareOptions<WorkManagerDbContext>(options =>
    {
        options.UseWorkManagerEngine();
        options.ReplaceService<IModelCustomizer, IncludeTables>();
    }));

    private sealed class IncludeTables(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
    {
        public override void Customize(ModelBuilder modelBuilder, DbContext context)
        {
            base.Customize(modelBuilder, context);
            Include(modelBuilder.Model);
        }
    }
}

public sealed class ShippedMigrationOnSqlite(SqliteFixture databases) : ShippedMigrationSpecification(databases), IOnSqlite;

public sealed class ShippedMigrationOnPostgreSql(PostgreSqlFixture databases) : ShippedMigrationSpecification(databases), IOnPostgreSql;
