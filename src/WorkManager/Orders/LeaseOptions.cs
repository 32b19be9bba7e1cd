using System.ComponentModel.DataAnnotations;

namespace WorkManager;

/// <summary>Options of leases.</summary>
public sealed class LeaseOptions : IValidatableObject
{
    /// <summary>How long a lease lasts, and how far each heartbeat extends it, unless the request, the item or its order type says otherwise.</summary>
    /// <value>10 minutes by default; 1 second to <see cref="MaxTtl"/>.</value>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Ttl { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The longest lease. A request, a plan or an order type that asks for a longer one is refused. Items that were planned when it was longer get this.
    /// </summary>
    /// <value>1 day by default; 1 second to 7 days.</value>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan MaxTtl { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often agents are told to send a heartbeat. For a lease that is shorter than <see cref="Ttl"/> it is shorter in proportion.</summary>
    /// <value>2 minutes by default; 1 second to 1 day, and less than <see cref="Ttl"/>.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan HeartbeatEvery { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How many leases an agent can hold at once, in all tenants that its session sees. A checkout of more gets what is left.</summary>
    /// <value>Null by default: any number. Else at least 1.</value>
    [Range(1, int.MaxValue)]
    public int? MaxPerAgent { get; set; }

    /// <summary>
    /// How many items of an order type can be leased at once in each tenant, unless <see cref="OrderTypeAttribute.MaxLeases"/> says otherwise.
    /// </summary>
    /// <value>Null by default: any number. Else at least 1.</value>
    [Range(1, int.MaxValue)]
    public int? MaxPerType { get; set; }

    /// <summary>How many items can be leased at once in each tenant.</summary>
    /// <value>Null by default: any number. Else at least 1.</value>
    [Range(1, int.MaxValue)]
    public int? MaxPerTenant { get; set; }

    /// <summary>Whether each heartbeat is recorded in the audit trail, beside the grant, the first beat and the end.</summary>
    /// <value>False by default: a lease of an hour would leave 30 rows that say nothing.</value>
    public bool RecordHeartbeats { get; set; }

    /// <summary>How often to send a heartbeat for a lease.</summary>
    internal TimeSpan HeartbeatOf(int seconds)
    {
        var ttl = TimeSpan.FromSeconds(seconds);
        return ttl < Ttl ? HeartbeatEvery * (ttl / Ttl) : HeartbeatEvery;
    }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Ttl > MaxTtl)
        {
            yield return new($"{nameof(Ttl)} must not be more than {nameof(MaxTtl)}.", [nameof(Ttl)]);
        }

        if (HeartbeatEvery >= Ttl)
        {
            yield return new(
                $"{nameof(HeartbeatEvery)} must be less than {nameof(Ttl)}: a lease would run out before its first heartbeat.", [nameof(HeartbeatEvery)]);
        }
    }
}
