using System.Text.Json.Serialization;

namespace WorkManager;

/// <summary>The kinds of actor. Stored as the snake_case name.</summary>
[JsonConverter(typeof(StateNameJsonConverter<ActorType>))]
public enum ActorType
{
    /// <summary>A person.</summary>
    User,

    /// <summary>An AI agent or a worker process.</summary>
    Agent,

    /// <summary>The application itself.</summary>
    System,
}
