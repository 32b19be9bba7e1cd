using BenchmarkDotNet.Attributes;
using WorkManager.OrderTypes;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.Benchmarks;

/// <summary>The gate that every payload, input and result passes.</summary>
[MemoryDiagnoser]
public class Validation
{
    private readonly StrictJsonReader reader = new(Samples.Json);
    private readonly JsonDocuments documents = new(Samples.Json, new LimitOptions());

    [Benchmark]
    public object Validate() => reader.Validate(Samples.Document, typeof(Invoice));

    [Benchmark]
    public object ValidateRefused() => reader.Validate(Samples.Refused, typeof(Invoice));

    [Benchmark]
    public object? Read() => reader.Read(Samples.Document, typeof(Invoice), out _);

    /// <summary>All of it: validated, read, hashed.</summary>
    [Benchmark]
    public object Check() => documents.Check("payload", Samples.Document, typeof(Invoice));

    /// <summary>The same for a value of the host's, which is written first.</summary>
    [Benchmark]
    public object CheckValue() => documents.Check("payload", Samples.Invoice, typeof(Invoice));
}
