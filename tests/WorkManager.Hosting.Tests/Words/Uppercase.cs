using System.ComponentModel.DataAnnotations;

namespace WorkManager.Hosting.Tests.Words;

public sealed record Words(string[] Texts);

public sealed record Word(string Text);

public sealed record Loud([property: MinLength(1)] string Text);

/// <summary>Says words loudly. There is nothing to apply: what is told here ends with the results.</summary>
[OrderType("words.uppercase")]
public sealed class Uppercase : OrderType<Words, Word, Loud>
{
    protected override IEnumerable<PlannedItem<Word>> Plan(Words payload) => payload.Texts.Select(text => Item(new Word(text)));

    protected override void ValidateResult(ResultContext<Word, Loud> item)
    {
        if (item.Result.Text.Any(char.IsLower))
        {
            item.Fail("text", "not_loud", $"{item.Result.Text} is not loud.");
        }
    }

    protected override Task ApplyAsync(ApplyContext<Words, Word, Loud> apply, CancellationToken cancellationToken) => Task.CompletedTask;
}
