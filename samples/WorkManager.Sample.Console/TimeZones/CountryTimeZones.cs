using System.ComponentModel.DataAnnotations;
using Countries.Database;
using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Countries.TimeZones;

/// <summary>What a requester asks for: the time zones of these countries.</summary>
internal sealed record CountryBatch([property: MinLength(1)] string[] Codes);

/// <summary>What one agent gets: one country.</summary>
internal sealed record CountryInput(string Code);

/// <summary>What it submits.</summary>
internal sealed record ZonesFound(string Code, [property: MinLength(1)] string[] Zones);

/// <summary>Sent once the change is committed.</summary>
internal sealed record ZonesChanged(int Countries);

/// <summary>The kind of work: how it is split into items, what a good result is, and how results become the host's data.</summary>
[OrderType(Key, Reversible = true)]
internal sealed class CountryTimeZones(AppDbContext db, TzData tz) : OrderType<CountryBatch, CountryInput, ZonesFound>
{
    public const string Key = "country.timezones";

    /// <summary>One item a country: each can be leased by another agent.</summary>
    protected override IEnumerable<PlannedItem<CountryInput>> Plan(CountryBatch payload) => payload.Codes.Select(code => Item(new CountryInput(code)));

    /// <summary>Beyond the shape of the result, which is checked already: every zone must exist. The agent gets all errors at once.</summary>
    protected override void ValidateResult(ResultContext<CountryInput, ZonesFound> item)
    {
        if (item.Result.Code != item.Input.Code)
        {
            item.Fail("code", "country.other", "The result is for another country.");
        }

        for (var i = 0; i < item.Result.Zones.Length; i++)
        {
            if (!tz.IsZone(item.Result.Zones[i]))
            {
                item.Fail($"zones.{i}", "zone.unknown", "zone1970.tab has no such time zone. Names change: look it up.");
            }
        }
    }

    /// <summary>
    /// Runs once the order is approved, in the transaction that also writes the order and its audit trail. No SaveChanges: that is part of it.
    /// </summary>
    protected override async Task ApplyAsync(ApplyContext<CountryBatch, CountryInput, ZonesFound> apply, CancellationToken cancellationToken)
    {
        var codes = apply.Items.Select(done => done.Input.Code).ToList();
        var countries = await db.Countries.Where(c => codes.Contains(c.Code)).ToDictionaryAsync(c => c.Code, cancellationToken);
        foreach (var done in apply.Items)
        {
            var country = countries[done.Input.Code];
            country.TimeZones = [.. done.Result.Zones];
            country.UpdatedAt = apply.Now;
        }

        apply.AfterCommit(new ZonesChanged(apply.Items.Count));
    }
}
