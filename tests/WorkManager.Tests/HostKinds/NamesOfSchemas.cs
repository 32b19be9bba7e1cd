using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using WorkManager.Tests.Persistence;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>A schema may have any name that PostgreSQL and EF Core allow.</summary>
public sealed class NamesOfSchemas(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    public static TheoryData<string> Odd => new(
        "we\"ird o'hare\\n.b;--", "select", "[tenant] [work_items] {0} @now $1 $refuse$ %s ü注", "public", new string('x', 63));

    public static TheoryData<string, string> Impossible => new()
    {
        { "", "empty" },
        { new string('x', 64), "63 bytes" },
        { new string('ü', 32), "63 bytes" },
        { "pg_work", "pg_" },
        { "a\0b", "control character" },
        { "two\nlines", "control character" },
        { "a$EF$b", "$EF$" },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Odd))]
    public async Task Migrations_scripts_and_every_verb_work_in_a_schema_of_any_name(string schema)
    {
        await using var database = await databases.CreateAsync();
        await using (var host = new ShopContext(database.Options<ShopContext>(o => o.UseWorkManager(schema))))
        {
            host.Database.EnsureWorkManagerCreated().Should().BeTrue();
            host.Database.EnsureWorkManagerCreated().Should().BeFalse();
        }

        await using var app = ShopApp.On(database, builder => EveryVerb.Configure(builder), context: o => o.UseWorkManager(schema));
        await using var scope = app.NewScope();
        await EveryVerb.RunAsync(scope.ServiceProvider, "odd");
        await app.Maintenance.CheckSchemaAsync(Cancel);
        var events = new NpgsqlCommandBuilder().QuoteIdentifier(schema) + ".work_events";
        (await database.ScalarAsync($"SELECT count(*) FROM {events}")).Should().BeOfType<long>().Which.Should().BeGreaterThan(20);

        // Its history keeps it, and a script makes it anew.
        var migrator = scope.ServiceProvider.GetRequiredService<ShopContext>().GetService<IMigrator>();
        (await FluentActions.Awaiting(() => migrator.MigrateAsync("0", Cancel)).Should().ThrowAsync<PostgresException>())
            .Which.MessageText.Should().StartWith("WorkManager keeps its tables");
        await using var scripted = await databases.CreateAsync();
        await scripted.ExecuteAsync(migrator.GenerateScript());
        await scripted.ExecuteAsync(migrator.GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent));
        (await DatabaseSchema.ReadAsync(scripted, schema)).Tables.Should().HaveCount(11);
        await using var scriptedAnew = await databases.CreateAsync();
        await scriptedAnew.ExecuteAsync(migrator.GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent));
        (await DatabaseSchema.ReadAsync(scriptedAnew, schema)).Tables.Should().HaveCount(11);
    }

    [Theory, MemberData(nameof(Impossible))]
    public async Task A_name_that_cannot_be_is_refused_with_the_reason(string schema, string reason)
    {
        await using var database = await databases.CreateAsync();

        var use = () =>
        {
            using var host = new ShopContext(database.Options<ShopContext>(o => o.UseWorkManager(schema)));
            _ = host.Model;
        };

        use.Should().Throw<ArgumentException>().WithMessage($"*schema*{reason}*");
    }

    [Fact]
    public async Task The_default_schema_of_a_model_is_held_to_the_same_rules()
    {
        await using var database = await databases.CreateAsync();
        await using var host = new Defaulting(database.Options<Defaulting>(o => o.UseWorkManager()));

        FluentActions.Invoking(() => host.Model).Should().Throw<ArgumentException>().WithMessage("*schema*pg_*");
    }

    private sealed class Defaulting(DbContextOptions<Defaulting> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema("pg_work");
    }
}
