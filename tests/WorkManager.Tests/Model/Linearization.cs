namespace WorkManager.Tests.Model;

/// <summary>A command with what it was answered.</summary>
internal sealed record Answered(Command Command, int Number, Answer Answer);

/// <summary>Looks for an order of calls that ran at once in which the model gives the same answers.</summary>
internal static class Linearization
{
    public static bool Exists(WorkModel model, IReadOnlyList<IReadOnlyList<Answered>> lines, Func<WorkModel, bool> isEnd)
    {
        if (model.AwaitingApproval > 0 && Exists(model.Clone().ApproveNext(), lines, isEnd))
        {
            return true;
        }

        if (lines.All(line => line.Count == 0))
        {
            return model.AwaitingApproval == 0 && isEnd(model);
        }

        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Count == 0)
            {
                continue;
            }

            var next = lines[i][0];
            var left = lines.Select((line, j) => j == i ? [.. line.Skip(1)] : line).ToList();
            if (model.After(next.Command, next.Number, next.Answer).Any(after => Exists(after, left, isEnd)))
            {
                return true;
            }
        }

        return false;
    }
}
