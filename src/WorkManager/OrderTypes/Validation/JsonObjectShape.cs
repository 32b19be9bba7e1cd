using System.Diagnostics.CodeAnalysis;

namespace WorkManager.OrderTypes.Validation;

/// <summary>The members of a type. One instance per type and options, so that a type may contain itself.</summary>
internal sealed class JsonObjectShape(Type type, StringComparer names, bool allowsUnknown)
{
    private Dictionary<string, JsonPropertyContract> byName = new(names);

    public Type Type { get; } = type;

    /// <summary>How names are told apart.</summary>
    public StringComparer Names { get; } = names;

    /// <summary>Whether members that the type does not know are accepted.</summary>
    public bool AllowsUnknown { get; } = allowsUnknown;

    public IReadOnlyList<JsonPropertyContract> Properties { get; private set; } = [];

    /// <summary>The rules of the type itself, if it has any. They run on the object.</summary>
    public TypeRules? TypeRules { get; } = TypeRules.Find(type);

    /// <summary>Whether objects of the type have rules of their own that run on the object.</summary>
    public bool HasRules => TypeRules is not null || Properties.Any(p => p.Rules.Count > 0);

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
