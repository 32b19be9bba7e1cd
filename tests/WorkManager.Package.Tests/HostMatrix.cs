using System.Collections.Concurrent;
using System.Text;

[assembly: AssemblyFixture(typeof(WorkManager.Package.Tests.HostMatrix))]

namespace WorkManager.Package.Tests;

/// <summary>What was tried with which host on which database, for people: it is written when all tests have run.</summary>
public sealed class HostMatrix : IAsyncDisposable
{
    private static readonly (string Command, string Header)[] Columns =
    [
        ("add", "`migrations add`"), ("pending", "`has-pending-model-changes`"), ("list", "`migrations list`"), ("script", "`migrations script`"),
        ("update", "`database update`"), ("order", "an order, propose to applied"), ("down", "`database update 0` keeps history"),
    ];

    private readonly ConcurrentDictionary<(Provider Provider, string Host, string Command), string> cells = [];

    internal void Add(Provider provider, HostKind host, string command) =>
        cells[(provider, host.Name, command)] = host.Limits.TryGetValue(command, out var limit) ? $"({NumberOf(limit)})" : "✓";

    private string Cell(Provider provider, HostKind host, string command) =>
        !host.AddsMigrations && command is ("add" or "pending") ? "–" : cells.GetValueOrDefault((provider, host.Name, command), "✗");

    private static IReadOnlyList<Limit> Limits { get; } = [.. HostKinds.All.SelectMany(h => h.Limits.Values).DistinctBy(l => l.Text)];

    private static int NumberOf(Limit limit) => Limits.TakeWhile(l => l.Text != limit.Text).Count() + 1;

    public async ValueTask DisposeAsync()
    {
        if (cells.IsEmpty)
        {
            return;
        }

        var text = new StringBuilder();
        foreach (var provider in cells.Keys.Select(c => c.Provider).Distinct().Order())
        {
            text.AppendLine($"## {provider}").AppendLine();
            text.AppendLine($"| Host | {string.Join(" | ", Columns.Select(c => c.Header))} |").AppendLine($"|---|{string.Concat(Columns.Select(_ => "---|"))}");
            foreach (var host in HostKinds.All)
            {
                text.AppendLine($"| {host.What} | {string.Join(" | ", Columns.Select(c => Cell(provider, host, c.Command)))} |");
            }

            text.AppendLine();
        }

        foreach (var limit in Limits)
        {
            text.AppendLine($"({NumberOf(limit)}) {limit.Text}");
        }

        var file = Path.Combine(Repository.Root, "artifacts/host-matrix.md");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text.ToString());
    }
}
