using System.ComponentModel.DataAnnotations;

namespace WorkManager;

/// <summary>Previews and approvals.</summary>
public sealed class ReviewOptions
{
    /// <summary>How many rows a preview shows. One with more is cut off, and cannot be approved by its hash.</summary>
    /// <value>10,000 by default; 1 to 1,000,000.</value>
    [Range(1, 1_000_000)]
    public int MaxRows { get; set; } = 10_000;

    /// <summary>How long the apply of a preview may take. It holds locks, and on SQLite the database's only writer.</summary>
    /// <value>30 seconds by default; 10 milliseconds to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the apply of an approval may take, at once or deferred. It holds the lock of its order, and on SQLite the database's only writer. What takes
    /// longer is rolled back (<c>apply_timeout</c>): its token is cancelled, and code that does not look at it is heard when it returns.
    /// </summary>
    /// <value>10 minutes by default; 10 milliseconds to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan ApplyTimeLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an approval counts that waits for those of others; see <see cref="OrderTypeAttribute.Approvals"/>.</summary>
    /// <value>7 days by default; 1 second to 3650 days.</value>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan ApprovalLifetime { get; set; } = TimeSpan.FromDays(7);
}
