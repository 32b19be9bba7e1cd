using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace WorkManager;

/// <summary>Refuses settings of <see cref="WorkManagerOptions.Json"/> with which values would be lost, or written as what is then refused.</summary>
internal sealed class JsonOptionsValidator : IValidateOptions<WorkManagerOptions>
{
    private const int MostDepth = 256;

    public ValidateOptionsResult Validate(string? name, WorkManagerOptions options)
    {
        var failures = FindFaults(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> FindFaults(WorkManagerOptions options)
    {
        if (options.Json is not { } json)
        {
            // The rules of the options say so.
            yield break;
        }

        if (json.MaxDepth > MostDepth)
        {
            yield return $"Json.MaxDepth is {json.MaxDepth}, and may be {MostDepth}: deeper documents are too much for a thread's stack.";
        }

        if (json.ReferenceHandler is not null)
        {
            yield return "Json.ReferenceHandler must be null: a document holds values, and an object that contains itself would lose a part of it.";
        }

        if (json.IgnoreReadOnlyProperties)
        {
            yield return "Json.IgnoreReadOnlyProperties must be false: what only a constructor sets would be lost. Put [JsonIgnore] on computed properties.";
        }

        if (json.PreferredObjectCreationHandling is not JsonObjectCreationHandling.Replace)
        {
            yield return "Json.PreferredObjectCreationHandling must be Replace: what cannot be filled, such as an array without a setter, would be lost. "
                + "Put [JsonObjectCreationHandling(Populate)] on the collections that are to be filled.";
        }

        if (json.NumberHandling.HasFlag(JsonNumberHandling.WriteAsString))
        {
            yield return "Json.NumberHandling must not have WriteAsString: numbers are checked as numbers, and would all be refused.";
        }
    }
}
