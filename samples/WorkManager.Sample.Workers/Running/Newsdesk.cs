using Microsoft.EntityFrameworkCore;
using Newsroom.Articles;
using WorkManager;

namespace Newsroom.Running;

/// <summary>Who has articles counted, and who looks at what came of it.</summary>
internal static class Newsdesk
{
    private const int ArticlesPerOrder = 20;

    public static async Task AddAsync(IServiceProvider services, int count)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NewsContext>();
        // A sample may. In production somebody runs `dotnet ef database update`.
        await db.Database.MigrateAsync();
        if (db.Database.IsSqlite())
        {
            // Two processes on one file: readers and the writer do not wait for each other.
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL");
        }

        var first = await db.Articles.MaxAsync(a => (int?)a.Id) + 1 ?? 1;
        db.AddRange(Enumerable.Range(first, count).Select(id => new Article { Id = id, Text = string.Join(' ', Enumerable.Repeat("word", id % 50)) }));
        await db.SaveChangesAsync();
        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Actor.User("editor"));
        foreach (var ids in Enumerable.Range(first, count).Chunk(ArticlesPerOrder).Chunk(1000))
        {
            await work.ProposeManyAsync<ArticlesToCount>([.. ids.Select(i => new Proposal<ArticlesToCount>(new ArticlesToCount(i)))]);
        }

        Console.WriteLine($"Proposed: the words of {count} articles are to be counted.");
    }

    /// <returns>0 if all is done and right, 1 if some is not done yet, 2 if something is wrong.</returns>
    public static async Task<int> ReportAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NewsContext>();
        var articles = await db.Articles.AsNoTracking().ToListAsync();
        var done = articles.Count(a => a.Counted == 1 && a.Words == a.Id % 50);
        var open = articles.Count(a => a.Counted == 0);
        Console.WriteLine($"{articles.Count} articles: {done} counted, {open} to be counted, {articles.Count - done - open} wrong.");
        var agents = await db.Set<WorkItem>().Where(i => i.SubmittedById != null).GroupBy(i => i.SubmittedById!)
            .Select(g => new { Agent = g.Key, Items = g.Count() }).OrderBy(g => g.Agent).ToListAsync();
        foreach (var agent in agents)
        {
            Console.WriteLine($"{agent.Agent}: {agent.Items}");
        }

        var attempts = await db.Set<WorkItem>().SumAsync(i => i.Attempts);
        Console.WriteLine($"attempts that came to nothing: {attempts}");
        return done + open < articles.Count ? 2 : open > 0 ? 1 : 0;
    }
}
