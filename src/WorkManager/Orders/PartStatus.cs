using System.Text.Json.Serialization;

namespace WorkManager;

/// <summary>The states of a partial submission. Stored as the snake_case name.</summary>
[JsonConverter(typeof(StateNameJsonConverter<PartStatus>))]
public enum PartStatus
{
    /// <summary>Not checked yet.</summary>
    Draft,

    /// <summary>Checked, and used by finalize.</summary>
    Validated,

    /// <summary>Refused; never replaces a validated part.</summary>
    Rejected,
}
