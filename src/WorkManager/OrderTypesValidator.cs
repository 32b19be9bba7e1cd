using Microsoft.Extensions.Options;
using WorkManager.OrderTypes;

namespace WorkManager;

/// <summary>Checks the registered order types when the application starts, or at its first call: two of one key, and types that JSON cannot carry.</summary>
internal sealed class OrderTypesValidator(IEnumerable<OrderTypeDescriptor> descriptors) : IValidateOptions<WorkManagerOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkManagerOptions options)
    {
        var types = descriptors.DistinctBy(d => d.ClrType).ToList();
        var failures = types.GroupBy(t => t.Key, StringComparer.Ordinal).Where(g => g.Count() > 1)
            .Select(g => $"Several order types have the key '{g.Key}': {string.Join(", ", g.Select(t => t.ClrType.Name))}.").ToList();
        if (options.Json is null)
        {
            // The rules of the options say so.
            return ValidateOptionsResult.Skip;
        }

        failures.AddRange(types.SelectMany(t => t.FindFaults(options.Json)));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures.Distinct(StringComparer.Ordinal));
    }
}
