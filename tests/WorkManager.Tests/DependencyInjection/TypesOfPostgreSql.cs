using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;

namespace WorkManager.Tests.DependencyInjection;

/// <summary>Tables whose types the driver has to learn of once they are made.</summary>
public sealed class TypesOfPostgreSql(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    public enum Mood
    {
        Glad,
        Sad,
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_type_that_EnsureWorkManagerCreated_made_can_be_used_at_once(bool async)
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await databases.CreateAsync();
        var options = new DbContextOptionsBuilder<Diary>();
        options.UseNpgsql(database.ConnectionString, o => o.MapEnum<Mood>("mood").EnableRetryOnFailure()).UseWorkManager().AmongManyKinds();
        await using var context = new Diary(options.Options);
        await context.Database.OpenConnectionAsync(token);

        (async ? await context.Database.EnsureWorkManagerCreatedAsync(token) : context.Database.EnsureWorkManagerCreated()).Should().BeTrue();
        context.Add(new Day { Mood = Mood.Glad });
        await context.SaveChangesAsync(token);

        (await database.ScalarAsync("SELECT mood::text FROM days")).Should().Be("glad");
        (await database.ScalarAsync("SELECT indisvalid FROM pg_index WHERE indexrelid = 'days_mood'::regclass")).Should().Be(true);
    }

    public sealed class Day
    {
        public int Id { get; set; }

        public Mood Mood { get; set; }
    }

    public sealed class Diary(DbContextOptions<Diary> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Day>(day =>
        {
            day.ToTable("days").Property(d => d.Mood).HasColumnName("mood");
            // Such an index is not made in a transaction.
            day.HasIndex(d => d.Mood, "days_mood").IsCreatedConcurrently();
        });
    }
}
