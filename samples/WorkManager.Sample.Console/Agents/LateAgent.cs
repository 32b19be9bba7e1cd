using Countries.Reporting;
using Countries.TimeZones;
using WorkManager;

namespace Countries.Agents;

/// <summary>The agent that was taken for dead comes back, and still has its old lease token.</summary>
internal sealed class LateAgent(TzData tz, Story story)
{
    /// <summary>Submits with the old token, which must not count.</summary>
    /// <returns>Whether it was refused.</returns>
    public async Task<bool> ComeBackAsync(WorkBoard board, CancellationToken cancellationToken)
    {
        var (agent, name, lease) = board.Dead!.Value;
        var code = lease.Input<CountryInput>().Code;
        story.Chapter("The agent that comes back too late", "SubmitAsync(lease, result) with the token of a lease that has run out");
        story.Say(
            $"{name} was not dead, only away. It still has the token of lease {lease.Token.Epoch} of {tz.Countries[code]} ({code}), "
            + "and submits its result:");
        try
        {
            await agent.SubmitAsync(lease, new ZonesFound(code, [.. tz.ZonesOf(code)]), cancellationToken: cancellationToken);
        }
        catch (LeaseLostException refused)
        {
            story.Stress($"{refused.Code} ({StateNames.ToName(refused.Reason)})  {refused.Message}", Story.Indent);
            return true;
        }

        story.Stress("It was accepted. That is wrong.", Story.Indent);
        return false;
    }
}
