using System.Diagnostics.CodeAnalysis;

namespace WorkManager.OrderTypes.Validation;

/// <summary>The members of a type. One instance a type and options, so that a type may contain itself.</summary>
internal sealed class JsonObjectShape(Type type, StringComparer names, bool allowsUnknown)
{
    private Dictionary<string, JsonPropertyContract> byName = new(names);

    public Type Type { get; } = type;

    /// <summary>How names are told apart.</summary>
    public StringComparer Names { get; } = names;

    /// <summary>Whether members that the type does not know are let through.</summary>
    public bool AllowsUnknown { get; } = allowsUnknown;

    public IReadOnlyList<JsonPropertyContract> Properties { get; private set; } = [];

    /// <summary>How derived types are told apart, if there are any.</summary>
    public JsonPolymorphism? Polymorphism { get; private set; }

    public bool TryGetProperty(string name, [MaybeNullWhen(false)] out JsonPropertyContract property) => byName.TryGetValue(name, out property);

    /// <summary>Ends the construction. Only the builder calls it, before anybody else sees the shape.</summary>
    internal void Complete(IReadOnlyList<JsonPropertyContract> properties, JsonPolymorphism? polymorphism)
    {
        Properties = properties;
        Polymorphism = polymorphism;
        byName = properties.ToDictionary(static p => p.Name, Names);
    }
}
