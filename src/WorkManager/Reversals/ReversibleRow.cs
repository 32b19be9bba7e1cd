using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace WorkManager.Reversals;

/// <summary>What an apply did to a row, with all that is needed to put it back.</summary>
/// <param name="Entity">The name of the entity type in the host's model; of the owner, if parts of its row changed.</param>
/// <param name="Row">The name of the row, for people.</param>
/// <param name="Kind">What was done to it.</param>
/// <param name="Key">The values of its primary key.</param>
/// <param name="Before">Values before, by the paths of their <see cref="RowMember"/>; none of a row that was added.</param>
/// <param name="After">Values after, as the database held them; none of a row that was deleted.</param>
/// <param name="Parts">Of owned values in the same row that came or went: whether they were there before.</param>
internal sealed record ReversibleRow(
    string Entity, string Row, [property: JsonConverter(typeof(JsonStringEnumConverter<RowChangeKind>))] RowChangeKind Kind, JsonArray Key, JsonObject Before,
    JsonObject After, IReadOnlyDictionary<string, bool> Parts);
