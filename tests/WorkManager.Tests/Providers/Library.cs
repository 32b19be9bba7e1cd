using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Providers;
using WorkManager.Providers.PostgreSql;
using WorkManager.Providers.Sqlite;

namespace WorkManager.Tests.Providers;

/// <summary>A model with what the engine's own has not, or not in all places: a composite key beside other columns, each type with and without null.</summary>
internal sealed class Library(TestDatabase database) : DbContext
{
    public DbSet<Book> Books => Set<Book>();

    public DbSet<Oddity> Oddities => Set<Oddity>();

    public static async Task<Library> OpenAsync(TestDatabase database)
    {
        var library = new Library(database);
        await library.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
        return library;
    }

    /// <summary>The write layer of a provider.</summary>
    public static TableStatements Statements(TestDatabase database, long? mostCharacters = null) => (database.Provider, mostCharacters) switch
    {
        (Provider.Sqlite, { } most) => new SqliteTableStatements(most),
        (Provider.Sqlite, _) => new SqliteTableStatements(),
        (_, { } most) => new PostgreSqlTableStatements(most),
        _ => new PostgreSqlTableStatements(),
    };

    /// <summary>All books as the database itself shows them, types included.</summary>
    public async Task<string?> DumpAsync()
    {
        var columns = Model.FindEntityType(typeof(Book))!.GetProperties().Select(p => $"quote(\"{p.GetColumnName()}\")");
        return (string?)await database.ScalarAsync(database.Provider == Provider.Sqlite
            ? $"SELECT group_concat({string.Join(" || ', ' || ", columns)}, char(10) ORDER BY \"Shelf\", \"Place\") FROM \"Books\""
            : "SELECT string_agg(b::text, chr(10) ORDER BY \"Shelf\", \"Place\") FROM \"Books\" AS b");
    }

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => database.Configure(optionsBuilder);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var book = modelBuilder.Entity<Book>();
        book.HasKey(b => new { b.Shelf, b.Place });
        book.Property(b => b.Shelf).HasMaxLength(20);
        book.Property(b => b.Title).HasMaxLength(200);
        book.Property(b => b.Bought).HasConversion(new UtcTimeConverter());
        book.Property(b => b.Lost).HasConversion(new UtcTimeConverter());
        book.Property(b => b.State).HasConversion(new StateNameConverter<OrderState>());
        book.Property(b => b.Former).HasConversion(new StateNameConverter<OrderState>());
        if (database.Provider == Provider.PostgreSql)
        {
            book.Property(b => b.Index).HasColumnType("json");
        }

        modelBuilder.Entity<Oddity>().Property(o => o.Id).ValueGeneratedNever();
    }
}
