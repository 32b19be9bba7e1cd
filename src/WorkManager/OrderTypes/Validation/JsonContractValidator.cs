using System.Text.Json;

namespace WorkManager.OrderTypes.Validation;

/// <summary>Compares a JSON document with a contract.</summary>
internal static class JsonContractValidator
{
    private const int DefaultMaxDepth = 64; // what System.Text.Json means by 0

    /// <summary>Finds everything that is wrong, not only the first.</summary>
    /// <param name="contract">The rules.</param>
    /// <param name="document">What was sent.</param>
    /// <param name="options">The options under which the contract was built.</param>
    /// <returns>The errors in document order; none if the document keeps the contract.</returns>
    public static IReadOnlyList<ValidationError> Validate(JsonContract contract, JsonElement document, JsonSerializerOptions options)
    {
        var walk = new JsonContractWalk(options.MaxDepth is 0 ? DefaultMaxDepth : options.MaxDepth, options.AllowDuplicateProperties);
        walk.Value(contract, document);
        return walk.Errors;
    }
}
