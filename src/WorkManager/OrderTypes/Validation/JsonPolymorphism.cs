using System.Text.Json;
using WorkManager.OrderTypes.Json;

namespace WorkManager.OrderTypes.Validation;

/// <summary>How the derived types of a base are told apart on the wire.</summary>
/// <param name="Discriminator">The name of the member that says which type it is.</param>
/// <param name="Variants">The derived types that can be read.</param>
/// <param name="AllowsBase">Whether the discriminator may be missing: the base itself can be read.</param>
/// <param name="AllowsUnknown">Whether an unknown discriminator means the base.</param>
internal sealed record JsonPolymorphism(string Discriminator, IReadOnlyList<JsonVariant> Variants, bool AllowsBase, bool AllowsUnknown)
{
    public JsonVariant? Find(JsonElement discriminator) => discriminator.ValueKind switch
    {
        // Comparing throws for a string that is no text.
        JsonValueKind.String when !JsonText.TryGetString(discriminator, out _) => null,
        _ => Variants.FirstOrDefault(v => JsonElement.DeepEquals(v.Discriminator, discriminator)),
    };
}
