using WorkManager.Load.Databases;

namespace WorkManager.Load.Systems;

/// <summary>What is proposed. Members are in the order of the alphabet, so that the text is its own canonical form.</summary>
internal sealed record LoadOrder(int Items, string Text);

/// <summary>What an agent gets.</summary>
internal sealed record LoadInput(string Text);

/// <summary>What it submits.</summary>
internal sealed record LoadResult(int Score, string[] Sources, string Summary);

/// <summary>The kind of work that is measured: small documents, one rule of its own, one row of the host when it is applied.</summary>
[OrderType(Key)]
internal sealed class LoadWork(LoadContext db) : OrderType<LoadOrder, LoadInput, LoadResult>
{
    public const string Key = "load.check";

    protected override IEnumerable<PlannedItem<LoadInput>> Plan(LoadOrder payload) =>
        Enumerable.Range(0, payload.Items).Select(_ => Item(Documents.InputValue));

    protected override void ValidateResult(ResultContext<LoadInput, LoadResult> item)
    {
        if (item.Result.Score < 0)
        {
            item.Fail("score", "negative", "The score must be 0 or more.");
        }
    }

    protected override Task ApplyAsync(ApplyContext<LoadOrder, LoadInput, LoadResult> apply, CancellationToken cancellationToken)
    {
        db.Findings.Add(new Finding { Id = apply.NewId(), Summary = apply.Items[0].Result.Summary });
        return Task.CompletedTask;
    }
}
