using Microsoft.EntityFrameworkCore;
using Newsroom.Articles;

namespace Newsroom.Running;

/// <summary>Which database the host is on.</summary>
internal static class DatabaseExtensions
{
    /// <summary>
    /// The connection string <c>news</c>, as Aspire names a resource and as <c>ConnectionStrings__news</c> sets it, or <c>--postgres</c>; else a file of SQLite.
    /// </summary>
    public static void AddDatabase(this IHostApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var connection = configuration["postgres"] ?? configuration.GetConnectionString("news");
        builder.Services.AddDbContext<NewsContext>(options =>
        {
            if (connection?.Contains("Host=", StringComparison.OrdinalIgnoreCase) == true)
            {
                options.UseNpgsql(connection);
            }
            else
            {
                options.UseSqlite(connection ?? $"Data Source={Path.Combine(AppContext.BaseDirectory, "news.db")}");
            }
        });
    }
}
