using System.Text.Json;

namespace WorkManager.OrderTypes.Validation;

/// <summary>One derived type.</summary>
/// <param name="Discriminator">Its discriminator: a string or an integer.</param>
/// <param name="Shape">Its members, those of the base included.</param>
internal sealed record JsonVariant(JsonElement Discriminator, JsonObjectShape Shape);
