using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.Extensions.Options;
using WorkManager.OrderTypes.Json;

namespace WorkManager;

/// <summary>What a host can set. Bind it to a configuration section, or set it in <c>AddWorkManager(options => …)</c>.</summary>
public sealed class WorkManagerOptions
{
    /// <summary>Leases.</summary>
    [Required, ValidateObjectMembers]
    public LeaseOptions Lease { get; set; } = new();

    /// <summary>What happens to items whose lease ran out.</summary>
    [Required, ValidateObjectMembers]
    public RetryOptions Retry { get; set; } = new();

    /// <summary>Limits on sizes.</summary>
    [Required, ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();

    /// <summary>Previews and approvals.</summary>
    [Required, ValidateObjectMembers]
    public ReviewOptions Review { get; set; } = new();

    /// <summary>What the duties of <see cref="IWorkMaintenance"/> go by.</summary>
    [Required, ValidateObjectMembers]
    public MaintenanceOptions Maintenance { get; set; } = new();

    /// <summary>Which clock decides leases.</summary>
    /// <value>The database's, by default. SQLite lives in the process and has none of its own.</value>
    [EnumDataType(typeof(ClockSource))]
    public ClockSource Clock { get; set; } = ClockSource.Database;

    /// <summary>What only concerns PostgreSQL.</summary>
    [Required]
    public PostgreSqlOptions PostgreSql { get; set; } = new();

    /// <summary>How payloads, inputs and results of the host's order types are read and written.</summary>
    /// <value>
    /// Strict, camelCase, enums as strings. Whatever you set: unknown and duplicate members, missing required ones, and null for non-null are refused.
    /// No <see cref="JsonSerializerOptions.ReferenceHandler"/>, no numbers written as strings, and a depth of at most 256.
    /// </value>
    [Required]
    public JsonSerializerOptions Json { get; set; } = WorkManagerJson.CreateStrict();
}
