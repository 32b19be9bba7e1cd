using Countries.Reporting;
using Countries.Requesting;
using Countries.TimeZones;
using WorkManager;

namespace Countries.Agents;

/// <summary>Three agents at once. They share nothing but the database.</summary>
internal sealed class AgentTeam(SampleRun run, IWorkOrderManagerFactory managers, TzData tz, TimeProvider time, Story story)
{
    private static readonly string[] Names = ["zone-bot-1", "zone-bot-2", "zone-bot-3"];

    /// <summary>Ends when there is a result for every country.</summary>
    public async Task<WorkBoard> WorkAsync(CancellationToken cancellationToken)
    {
        story.Chapter("The agents", "IWorkOrderManagerFactory.Create(Actor.Agent(\"zone-bot-1\", …)): CheckoutAsync, HeartbeatAsync, SubmitAsync");
        story.Say("Three agents in parallel lease one item after the other: highest priority first, then first in.");
        story.Blank();

        WorkBoard? board = null;
        await story.ProgressAsync("Results submitted", run.Countries, async progress =>
        {
            board = new WorkBoard(run.Countries, progress);
            await Task.WhenAll(Names.Select(name => Task.Run(() => CreateAgent(name, board).RunAsync(cancellationToken), cancellationToken)));
        });

        story.Blank();
        var results = board!.SubmittedBy.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key} {p.Value}");
        story.Say($"Results: {string.Join(", ", results)}. Every order is submitted now and waits for a review.");
        return board;
    }

    /// <summary>Does what a reviewer has returned.</summary>
    public Task ReworkAsync(int items, CancellationToken cancellationToken) =>
        CreateAgent(Names[^1], new WorkBoard(items, _ => { })).RunAsync(cancellationToken);

    private ZoneAgent CreateAgent(string name, WorkBoard board) =>
        new(name, managers.Create(Actor.Agent(name, model: "zone-file", onBehalfOf: Actor.User("ada"))), board, tz, time, story);
}
