using Countries.Reporting;
using Countries.TimeZones;
using WorkManager;

namespace Countries.Agents;

/// <summary>
/// An agent: checks out an item, works while its lease is kept alive, submits, and so on until nothing is left.
/// What a language model would do here is done with the zone file, slowly.
/// </summary>
internal sealed class ZoneAgent(string name, IWorkOrderManager work, WorkBoard board, TzData tz, TimeProvider time, Story story)
{
    private const string FatalCountry = "UA";
    private const string MisrememberedCountry = "GL";
    private const string UnreachableCountry = "IN";
    private const int ManyZones = 25;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan QuickLook = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongLookPerZone = TimeSpan.FromMilliseconds(125);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!board.IsDone)
        {
            if (await work.CheckoutAsync<CountryTimeZones>(cancellationToken) is not { } lease)
            {
                await Task.Delay(Pause, time, cancellationToken);
                continue;
            }

            var code = lease.Input<CountryInput>().Code;
            if (code == FatalCountry && board.Die(work, name, lease))
            {
                story.Stress($"{name} dies while it holds {tz.Countries[code]} ({code}): no result, no heartbeat, and nobody gives the lease back.");
                return;
            }

            if (lease.Item.LeaseEpoch > 1)
            {
                story.Stress($"{name} leases {tz.Countries[code]} ({code}) again: lease {lease.Item.LeaseEpoch} of this item.");
                story.Say($"Before: {string.Join("; ", lease.EarlierFailures.Select(f => $"{f.Code}, {f.Message}"))}", Story.Indent);
            }

            try
            {
                if (code == UnreachableCountry && lease.Item.LeaseEpoch == 1)
                {
                    await FailAsync(lease, code, cancellationToken);
                    continue;
                }

                await WorkOnAsync(lease, code, cancellationToken);
                board.ReportSubmit(name);
            }
            catch (LeaseLostException)
            {
                // Somebody else has the item by now, or will. Nothing of this attempt counts.
                board.ReportLostLease();
                story.Stress($"{name} was too slow for {tz.Countries[code]} ({code}) and lost its lease.");
            }
        }
    }

    /// <summary>What an agent does that could not do the work, and may be able to later.</summary>
    private async Task FailAsync(WorkLease lease, string code, CancellationToken cancellationToken)
    {
        var item = await work.FailAsync(lease, new WorkFailure("source_unreachable", "The source of the time zones does not answer."), cancellationToken);
        board.ReportFailure();
        story.Stress($"{name} gets no answer for {tz.Countries[code]} ({code}), and says so: attempt {item.Attempts} of {item.MaxAttempts} is spent.");
        story.Say("FailAsync puts the item back into the queue, after a pause (Retry.Backoff).", Story.Indent);
    }

    private async Task WorkOnAsync(WorkLease lease, string code, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (zones, beats) = await Heartbeat.WhileAsync(work, lease, time, () => LookUpAsync(code, cancellationToken), cancellationToken);
        var took = time.GetElapsedTime(started);
        if (took > lease.Ttl)
        {
            story.Say($"{name} took {took.TotalSeconds:0.0} s for the {zones.Length} time zones of {tz.Countries[code]} ({code}). "
                + $"A lease lasts {lease.Ttl.TotalSeconds:0} s: {beats} heartbeats kept it.");
        }

        if (code == MisrememberedCountry && lease.Item.LeaseEpoch == 1)
        {
            await SubmitFromMemoryAsync(lease, code, cancellationToken);
        }

        // In a hurry, it takes the first that it finds. The holder of a returned item knows why it was returned.
        var isHasty = code == MisrememberedCountry && !lease.EarlierFailures.Any(f => f.Code == "rework");
        await work.SubmitAsync(lease, new ZonesFound(code, isHasty ? zones[..1] : zones), new() { Notes = "From zone1970.tab." }, cancellationToken);
    }

    /// <summary>As a model does that learned the old name.</summary>
    private async Task SubmitFromMemoryAsync(WorkLease lease, string code, CancellationToken cancellationToken)
    {
        var remembered = OutdatedZones.ByCountry[code];
        try
        {
            await work.SubmitAsync(lease, new ZonesFound(code, [remembered]), cancellationToken: cancellationToken);
        }
        catch (WorkValidationException refused)
        {
            story.Stress($"{name} submits {remembered} for {tz.Countries[code]} ({code}), from memory. Refused: {refused.Code}");
            foreach (var error in refused.Errors)
            {
                story.Stress($"{error.Field}  {error.Code}  {error.Message}", Story.Indent);
            }

            story.Say($"The lease stays, and no attempt is spent. {name} looks it up and submits again.", Story.Indent);
        }
    }

    private async Task<string[]> LookUpAsync(string code, CancellationToken cancellationToken)
    {
        var zones = tz.ZonesOf(code);
        await Task.Delay(zones.Count > ManyZones ? LongLookPerZone * zones.Count : QuickLook, time, cancellationToken);
        return [.. zones];
    }
}
