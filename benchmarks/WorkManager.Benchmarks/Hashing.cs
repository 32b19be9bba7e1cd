using BenchmarkDotNet.Attributes;
using WorkManager.Auditing;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Benchmarks;

/// <summary>Canonical JSON, and the hashes of documents and events.</summary>
[MemoryDiagnoser]
public class Hashing
{
    private readonly string text = Samples.Document.GetRawText();

    [Benchmark]
    public string WriteCanonical() => CanonicalJson.Write(Samples.Document);

    [Benchmark]
    public string HashCanonical() => CanonicalJson.Hash(Samples.Document);

    [Benchmark]
    public string DigestOfEvent() => AuditTrail.Digest(text, null, null);
}
