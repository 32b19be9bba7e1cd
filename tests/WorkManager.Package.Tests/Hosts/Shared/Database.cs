#if SQLITE
global using RelationalOptions = Microsoft.EntityFrameworkCore.Infrastructure.SqliteDbContextOptionsBuilder;
#else
global using RelationalOptions = Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.NpgsqlDbContextOptionsBuilder;
#endif
using Microsoft.EntityFrameworkCore;

namespace Shop;

public static class Database
{
    /// <summary>The provider that the host was built for, and the database that the environment names.</summary>
    public static DbContextOptionsBuilder UseShopDatabase(this DbContextOptionsBuilder options, Action<RelationalOptions>? relational = null)
    {
        var connectionString = Environment.GetEnvironmentVariable("SHOP_DATABASE");
#if SQLITE
        return options.UseSqlite(connectionString, relational);
#else
        return options.UseNpgsql(connectionString, relational);
#endif
    }
}
