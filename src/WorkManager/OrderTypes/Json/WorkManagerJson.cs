using System.Text.Json;
namespace WorkManager.OrderTypes.Json;
internal static class WorkManagerJson { public static JsonSerializerOptions CreateStrict() => new(JsonSerializerDefaults.Web); public static JsonSerializerOptions ToLenient(JsonSerializerOptions o) => new(o); }
