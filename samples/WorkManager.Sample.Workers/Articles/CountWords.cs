using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WorkManager;

namespace Newsroom.Articles;

/// <summary>Counts the words of one article. It gets its services from a scope of its own, as a request would.</summary>
internal sealed class CountWords(NewsContext db, IOptions<NewsOptions> options, TimeProvider time) : IWorkHandler<ArticleToCount, WordCount>
{
    public async Task<WorkResult<WordCount>> HandleAsync(WorkContext<ArticleToCount> work, CancellationToken cancellationToken)
    {
        var text = await db.Articles.Where(a => a.Id == work.Input.Id).Select(a => a.Text).SingleOrDefaultAsync(cancellationToken);
        if (text is null)
        {
            // Another attempt would not find it either.
            return new WorkFailure("no_article", $"There is no article {work.Input.Id}.") { Retryable = false };
        }

        // The time that real work would take. Its token ends it when the host stops.
        await Task.Delay(options.Value.ReadingTime, time, cancellationToken);
        return new WordCount(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
