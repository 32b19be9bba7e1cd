using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Newsroom.Articles;

internal sealed record ArticlesToCount([property: MinLength(1)] int[] Ids);

internal sealed record ArticleToCount(int Id);

internal sealed record WordCount([property: Range(0, int.MaxValue)] int Words);

/// <summary>The words of articles are to be counted. Nobody reviews that: an order is applied when its last article is counted.</summary>
[OrderType("news.word-count", LeaseSeconds = 30)]
internal sealed class WordCounts(NewsContext db) : OrderType<ArticlesToCount, ArticleToCount, WordCount>
{
    public override bool AutoApprove => true;

    protected override IEnumerable<PlannedItem<ArticleToCount>> Plan(ArticlesToCount payload) => payload.Ids.Select(id => Item(new ArticleToCount(id)));

    protected override async Task ApplyAsync(ApplyContext<ArticlesToCount, ArticleToCount, WordCount> apply, CancellationToken cancellationToken)
    {
        var words = apply.Items.ToDictionary(i => i.Input.Id, i => i.Result.Words);
        foreach (var article in await db.Articles.Where(a => words.Keys.Contains(a.Id)).ToListAsync(cancellationToken))
        {
            article.Words = words[article.Id];
            article.Counted++;
        }
    }
}
