using Xunit.Sdk;
using Xunit.v3;

// These tests wait for programs that they start.
[assembly: Parallelization(MaxThreads = 4)]
[assembly: TestCollectionOrderer(typeof(WorkManager.Package.Tests.LongestFirst))]

namespace WorkManager.Package.Tests;

/// <summary>Classes of tests that take minutes begin first: one that began last would run alone while the other processors wait.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = ["HostsOn", "InstallationLife", "OneNewcomer", "WorkerService"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(c => Array.FindIndex(Long, name => Contains(c, name)) is >= 0 and var place ? place : Long.Length)];

    private static bool Contains(ITestCollection collection, string name) =>
        collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)
        || collection.TestCollectionClassName?.Contains(name, StringComparison.Ordinal) == true;
}
