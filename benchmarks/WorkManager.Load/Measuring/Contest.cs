namespace WorkManager.Load.Measuring;

/// <summary>Measures contenders side by side: round after round, one after the other, so that what drifts hits all alike.</summary>
internal sealed class Contest(int rounds, Action<string> progress)
{
    public async Task<IReadOnlyList<Measurement>> RunAsync(string scenario, string variant, IReadOnlyList<Contender> contenders)
    {
        var measured = contenders.ToDictionary(c => c.Name, _ => new List<Round>());
        var costs = new Dictionary<string, IReadOnlyList<StepCost>>();
        for (var round = 0; round <= rounds; round++)
        {
            (string Name, IReadOnlyList<string> Rows)? first = null;
            foreach (var contender in contenders)
            {
                progress($"{scenario}, {variant}: {(round == 0 ? "warming up" : $"round {round} of {rounds}")}, {contender.Name}");
                await contender.PrepareAsync();
                var result = await contender.RunAsync();
                if (contender.ReadRowsAsync is { } read)
                {
                    var rows = await read();
                    first ??= (contender.Name, rows);
                    EnsureSame(first.Value.Name, first.Value.Rows, contender.Name, rows);
                }

                if (round > 0)
                {
                    measured[contender.Name].Add(result);
                }
                else if (contender.CountAsync is { } count)
                {
                    costs[contender.Name] = await count();
                }
            }
        }

        return [.. contenders.Select(c => Measurement.Of(scenario, variant, c.Name, measured[c.Name], costs.GetValueOrDefault(c.Name, [])))];
    }

    /// <summary>Who writes less is no measure for who writes more.</summary>
    private static void EnsureSame(string expectedBy, IReadOnlyList<string> expected, string writtenBy, IReadOnlyList<string> written)
    {
        if (!expected.SequenceEqual(written))
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, (string[])
            [
                "The rows differ.",
                $"Only by {expectedBy}:", .. expected.Except(written).Select(l => "  " + l),
                $"Only by {writtenBy}:", .. written.Except(expected).Select(l => "  " + l),
            ]));
        }
    }
}
