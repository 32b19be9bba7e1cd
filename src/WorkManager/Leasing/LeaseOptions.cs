using System.ComponentModel.DataAnnotations;

namespace WorkManager;

/// <summary>Options of leases.</summary>
public sealed class LeaseOptions : IValidatableObject
{
    /// <summary>How long a lease lasts, and how far each heartbeat extends it.</summary>
    /// <value>10 minutes by default; 1 second to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Ttl { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often agents are told to send a heartbeat.</summary>
    /// <value>2 minutes by default; 1 second to 1 day, and less than <see cref="Ttl"/>.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan HeartbeatEvery { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether each heartbeat is recorded in the audit trail, beside the grant, the first beat and the end.</summary>
    /// <value>False by default: a lease of an hour would leave 30 rows that say nothing.</value>
    public bool RecordHeartbeats { get; set; }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (HeartbeatEvery >= Ttl)
        {
            yield return new(
                $"{nameof(HeartbeatEvery)} must be less than {nameof(Ttl)}: a lease would run out before its first heartbeat.", [nameof(HeartbeatEvery)]);
        }
    }
}
