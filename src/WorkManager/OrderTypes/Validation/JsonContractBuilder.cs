using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace WorkManager.OrderTypes.Validation;

/// <summary>Finds the facts about types under one set of options, each type once.</summary>
internal sealed class JsonContractBuilder
{
    // Keyed weakly: options that a host drops take their contracts with them.
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonContractBuilder> Builders = [];

    private readonly JsonSerializerOptions options;
    private readonly ConcurrentDictionary<Type, JsonContract> contracts = new();
    private readonly Dictionary<Type, JsonObjectShape> shapes = [];
    private readonly Lock building = new();

    private JsonContractBuilder(JsonSerializerOptions options)
    {
        options.MakeReadOnly(populateMissingResolver: true);
        this.options = options;
    }

    /// <summary>The builder for these options, which can no longer be changed.</summary>
    public static JsonContractBuilder For(JsonSerializerOptions options) => Builders.GetValue(options, static o => new JsonContractBuilder(o));

    /// <summary>The contract of a whole document.</summary>
    /// <exception cref="InvalidOperationException">
    /// The type cannot be read from JSON, has a member whose value would be lost, or carries an annotation that cannot be checked.
    /// </exception>
    public JsonContract Build(Type type)
    {
        if (contracts.TryGetValue(type, out var known))
        {
            return known;
        }

        lock (building)
        {
            // A build that fails half-way leaves nothing behind: its shapes are its own until it ends.
            var run = new JsonContractBuild(options, shapes);
            var contract = run.Document(type);
            foreach (var (shaped, shape) in run.NewShapes)
            {
                shapes.Add(shaped, shape);
            }

            return contracts.GetOrAdd(type, contract);
        }
    }
}
