using System.Text;
using System.Text.Json;

namespace WorkManager;

/// <summary>Who acts: a person, an agent or the application itself.</summary>
/// <remarks>Endpoints build it from the verified principal. What a caller says about itself is for display only.</remarks>
public sealed record Actor
{
    private Actor(ActorType type, string id, string? model, Actor? onBehalfOf)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id.Length, MaxIdLength, nameof(id));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(model?.Length ?? 0, MaxIdLength, nameof(model));
        EnsureStorable(id, nameof(id));
        EnsureStorable(model, nameof(model));

        Type = type;
        Id = id;
        Model = model;
        OnBehalfOf = onBehalfOf;
        Roles = [];
    }

    /// <summary>The longest id, in characters.</summary>
    public const int MaxIdLength = 200;

    /// <summary>How many roles an actor may have.</summary>
    public const int MaxRoles = 100;

    /// <summary>The kind of actor.</summary>
    public ActorType Type { get; }

    /// <summary>The id within its kind: a user id, an agent's name.</summary>
    public string Id { get; }

    /// <summary>The model that an agent runs on, if known.</summary>
    public string? Model { get; }

    /// <summary>For whom an agent acts, if for somebody. Separation of duties looks through the agent at this actor.</summary>
    public Actor? OnBehalfOf { get; }

    /// <summary>
    /// The roles that the application has verified, such as <c>finance</c>, in the order of their names. Who decides needs the one that the order type asks
    /// for; see <see cref="OrderTypeAttribute.ApproverRole"/>. They are stored with each decision.
    /// </summary>
    public IReadOnlyList<string> Roles { get; private init; }

    /// <summary>The actor with roles instead of those that it had.</summary>
    /// <param name="roles">At most <see cref="MaxRoles"/>, of 1 to <see cref="MaxIdLength"/> characters. Upper and lower case are different roles.</param>
    /// <returns>The actor.</returns>
    public Actor WithRoles(params IEnumerable<string> roles)
    {
        ArgumentNullException.ThrowIfNull(roles);
        string[] distinct = [.. roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(distinct.Length, MaxRoles, nameof(roles));
        foreach (var role in distinct)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(role, nameof(roles));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(role.Length, MaxIdLength, nameof(roles));
            EnsureStorable(role, nameof(roles));
        }

        return this with { Roles = distinct };
    }

    /// <summary>Whether both are the same actor, with the same roles.</summary>
    /// <param name="other">The other.</param>
    /// <returns>True if they are.</returns>
    public bool Equals(Actor? other) => other is not null && Type == other.Type && Id == other.Id && Model == other.Model
        && Equals(OnBehalfOf, other.OnBehalfOf) && Roles.SequenceEqual(other.Roles, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Id, Model, OnBehalfOf, Roles.Count);

    /// <summary>A person.</summary>
    /// <param name="id">The user id, 1 to <see cref="MaxIdLength"/> characters.</param>
    /// <returns>The actor.</returns>
    public static Actor User(string id) => new(ActorType.User, id, null, null);

    /// <summary>An AI agent or a worker process.</summary>
    /// <param name="id">The agent's name, 1 to <see cref="MaxIdLength"/> characters; it is what holds a lease.</param>
    /// <param name="model">The model that it runs on, if known.</param>
    /// <param name="onBehalfOf">For whom it acts, if for somebody.</param>
    /// <returns>The actor.</returns>
    public static Actor Agent(string id, string? model = null, Actor? onBehalfOf = null) => new(ActorType.Agent, id, model, onBehalfOf);

    /// <summary>The application itself: a schedule, maintenance, automatic approval.</summary>
    /// <param name="id">The name of the part, 1 to <see cref="MaxIdLength"/> characters.</param>
    /// <returns>The actor.</returns>
    public static Actor System(string id) => new(ActorType.System, id, null, null);

    /// <summary>The actor as text, such as <c>user:7</c>.</summary>
    /// <returns>Kind and id.</returns>
    public override string ToString() => $"{StateNames.ToName(Type)}:{Id}";

    /// <summary>
    /// The name under which this actor holds leases. An agent's own id is the guide's <c>leased_by_agent_id</c>; others are prefixed so that they never
    /// meet an agent's.
    /// </summary>
    internal string LeaseHolder => Type == ActorType.Agent && !HasPrefix(Id) ? Id : ToString();

    /// <summary>Who acts where nobody was named.</summary>
    internal static Actor Unnamed { get; } = System("application");

    /// <summary>The roles as they are stored; null for none.</summary>
    internal string? StoredRoles => Roles.Count == 0 ? null : JsonSerializer.Serialize(Roles, JsonSerializerOptions.Web);

    /// <summary>Whether both are the same person, agent or system part, whatever model it runs on.</summary>
    internal bool IsSame(Actor other) => Type == other.Type && Id == other.Id;

    /// <summary>Whether a stored name is this one.</summary>
    internal bool Is(ActorType? type, string? id) => type == Type && id == Id;

    /// <summary>Who is behind an agent, and behind the agents that it acts for; null if it acts for nobody.</summary>
    internal Actor? Principal => OnBehalfOf?.Principal ?? OnBehalfOf;

    private static void EnsureStorable(string? text, string name)
    {
        // Half of a surrogate pair reads as the replacement character.
        if (text?.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || Rune.IsControl(rune)) == true)
        {
            throw new ArgumentException($"The {name} of an actor has characters that cannot be stored: control characters, or halves of characters.", name);
        }
    }

    // An agent that is named like another kind of actor is prefixed, too.
    private static bool HasPrefix(string id) => StateNames.All<ActorType>().Any(kind => id.StartsWith($"{kind}:", StringComparison.Ordinal));
}
