using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using WorkManager.Execution;
using WorkManager.Tests.Persistence;

namespace WorkManager.Tests.Execution;

/// <summary>The order in which tables are written, from the model alone.</summary>
public sealed class TablesInOrder
{
    [Fact]
    public void Each_table_of_the_model_comes_after_those_that_it_refers_to()
    {
        var tables = FilledRows.Model.GetEntityTypes().ToList();

        var places = TableOrder.Of(FilledRows.Model);

        places.Keys.Should().BeEquivalentTo(tables);
        places.Values.Should().OnlyHaveUniqueItems();
        var references = tables.SelectMany(t => t.GetForeignKeys()).ToList();
        references.Should().HaveCountGreaterThan(10);
        references.Should().OnlyContain(f => places[f.PrincipalEntityType] < places[f.DeclaringEntityType]);
    }

    [Fact]
    public void It_is_computed_once_for_a_model() => TableOrder.Of(FilledRows.Model).Should().BeSameAs(TableOrder.Of(FilledRows.Model));

    [Fact]
    public void A_table_may_refer_to_itself_and_two_to_each_other_are_refused()
    {
        using var itself = new CircleContext(isCircle: false);
        using var circle = new CircleContext(isCircle: true);

        TableOrder.Of(itself.Model).OrderBy(p => p.Value).Select(p => p.Key.ClrType).Should().Equal(typeof(Hen), typeof(Egg));
        FluentActions.Invoking(() => TableOrder.Of(circle.Model)).Should().Throw<InvalidOperationException>().WithMessage("*Egg, Hen*circle*");
    }

    private sealed class CircleContext(bool isCircle) : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseSqlite()
            .ReplaceService<IModelCacheKeyFactory, NoModelCache>().AmongManyKinds();

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Egg>().HasOne<Hen>().WithMany().HasForeignKey(e => e.HenId);
            modelBuilder.Entity<Hen>().HasOne<Hen>().WithMany().HasForeignKey(h => h.MotherId);
            if (isCircle)
            {
                modelBuilder.Entity<Hen>().HasOne<Egg>().WithMany().HasForeignKey(h => h.EggId);
            }
        }
    }

    private sealed class NoModelCache : IModelCacheKeyFactory
    {
        public object Create(DbContext context, bool designTime) => new();
    }

    private sealed class Egg
    {
        public int Id { get; set; }

        public int HenId { get; set; }
    }

    private sealed class Hen
    {
        public int Id { get; set; }

        public int? EggId { get; set; }

        public int? MotherId { get; set; }
    }
}
