using System.Text.Json;
using WorkManager.OrderTypes.Json;

namespace WorkManager.OrderTypes;

/// <summary>How stored documents are read.</summary>
/// <param name="Known">Those of the version that is registered here, or brought up to it.</param>
/// <param name="Newer">Those of a newer version.</param>
internal sealed record StoredFormat(JsonSerializerOptions Known, JsonSerializerOptions Newer)
{
    public static StoredFormat Of(JsonSerializerOptions strict) => new(WorkManagerJson.ToStored(strict), WorkManagerJson.ToLenient(strict));
}
