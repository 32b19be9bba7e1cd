using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Microsoft.Testing.Platform.Builder;
using Microsoft.Testing.Platform.Extensions;
using Microsoft.Testing.Platform.Extensions.Messages;
using Microsoft.Testing.Platform.Extensions.TestHost;
using Microsoft.Testing.Platform.Messages;
using Microsoft.Testing.Platform.Services;

namespace WorkManager.TestSupport;

/// <summary>
/// Counts the results of persistence tests by database as the runner reports them, and adds a failed test of its own when a
/// promise was not put to the test on every database. <c>eng/Tests.props</c> adds it to every test program.
/// </summary>
public sealed class PersistenceCounter : IDataConsumer, IDataProducer, ITestSessionLifetimeHandler
{
    private readonly ConcurrentDictionary<string, (Provider Provider, TestNodeStateProperty State)> results = new();
    private readonly IMessageBus messages;
    private readonly bool filtered;

    // eng/Tests.targets reads it there.
    private readonly string countFile = Path.Combine(AppContext.BaseDirectory, "persistence.count");

    private PersistenceCounter(IServiceProvider services, string[] arguments)
    {
        messages = services.GetMessageBus();
        filtered = arguments.Any(argument => argument.StartsWith("--filter", StringComparison.Ordinal));
    }

    public string Uid => nameof(PersistenceCounter);

    public string Version => "1.0.0";

    public string DisplayName => "Persistence counter";

    public string Description => "Checks that persistence tests ran alike on every database.";

    public Type[] DataTypesConsumed { get; } = [typeof(TestNodeUpdateMessage)];

    public Type[] DataTypesProduced { get; } = [typeof(TestNodeUpdateMessage)];

    /// <summary>Called by the generated entry point of a test program.</summary>
    public static void AddExtensions(ITestApplicationBuilder builder, string[] arguments)
    {
        // One instance that is both: the platform would otherwise make two.
        var counter = new CompositeExtensionFactory<PersistenceCounter>(services => new PersistenceCounter(services, arguments));
        builder.TestHost.AddDataConsumer(counter);
        builder.TestHost.AddTestSessionLifetimeHandler(counter);
    }

    public Task<bool> IsEnabledAsync() => Task.FromResult(true);

    public Task OnTestSessionStartingAsync(ITestSessionContext testSessionContext) => Task.CompletedTask;

    public Task ConsumeAsync(IDataProducer dataProducer, IData value, CancellationToken cancellationToken)
    {
        var test = ((TestNodeUpdateMessage)value).TestNode;
        if (ProviderOf(test) is { } provider && test.Properties.SingleOrDefault<TestNodeStateProperty>() is { } state)
        {
            // The last state of a test is its result; before that it is discovered and in progress.
            results[test.Uid.Value] = (provider, state);
        }

        return Task.CompletedTask;
    }

    public async Task OnTestSessionFinishingAsync(ITestSessionContext testSessionContext)
    {
        var finished = results.Values.Where(result => result.State is not (DiscoveredTestNodeStateProperty or InProgressTestNodeStateProperty)).ToList();
        if (finished.Count == 0)
        {
            return;
        }

        int Passed(Provider provider) => finished.Count(result => result.Provider == provider && result.State is PassedTestNodeStateProperty);
        var skipped = finished.Count(result => result.State is SkippedTestNodeStateProperty);
        int sqlite = Passed(Provider.Sqlite), postgreSql = Passed(Provider.PostgreSql);

        await File.WriteAllTextAsync(countFile, string.Create(CultureInfo.InvariantCulture, $"{sqlite} {postgreSql} {skipped}"));

        if (ProblemOf(finished.CountBy(result => result.Provider).Select(count => count.Value).ToList(), skipped) is { } problem)
        {
            await FailAsync(testSessionContext, $"{problem} ({sqlite} passed on SQLite, {postgreSql} on PostgreSQL, {skipped} skipped)");
        }
    }

    private string? ProblemOf(List<int> ran, int skipped)
    {
        // A developer may pick one test, or have no PostgreSQL; a build server may not.
        if (skipped > 0 && Ci.IsCi)
        {
            return "Persistence tests were skipped.";
        }

        var alike = ran.Count == Enum.GetValues<Provider>().Length && ran.Distinct().Count() == 1;
        return alike || (filtered && !Ci.IsCi) ? null : "Not every persistence test ran on every database.";
    }

    private Task FailAsync(ITestSessionContext session, string problem)
    {
        var failed = new TestNode
        {
            Uid = nameof(PersistenceCounter),
            DisplayName = "Persistence tests run alike on every database",
            Properties = new PropertyBag(new FailedTestNodeStateProperty(problem)),
        };
        return messages.PublishAsync(this, new TestNodeUpdateMessage(session.SessionUid, failed));
    }

    private static Provider? ProviderOf(TestNode test) =>
        test.Properties.SingleOrDefault<TestMethodIdentifierProperty>() is { } method
        && Assembly.GetEntryAssembly()!.GetType($"{method.Namespace}.{method.TypeName}") is { } testClass
            ? PersistenceTest.ProviderOf(testClass)
            : null;
}
