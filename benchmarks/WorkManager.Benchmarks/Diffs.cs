using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;

namespace WorkManager.Benchmarks;

/// <summary>What an apply changed.</summary>
[MemoryDiagnoser]
public class Diffs
{
    private readonly JsonObject before = Samples.ToObject(Samples.Document);
    private readonly JsonObject after = Samples.ToObject(Samples.Refused);

    [Benchmark]
    public WorkDiff Between() => WorkDiff.Between(before, after);

    [Benchmark]
    public WorkDiff BetweenEqual() => WorkDiff.Between(before, before);

    [Benchmark]
    public string WriteDiff() => WorkDiff.Between(before, after).ToJson();
}
