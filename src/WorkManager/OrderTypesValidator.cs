using Microsoft.Extensions.Options;
using WorkManager.OrderTypes;
using WorkManager.OrderTypes.Json;

namespace WorkManager;

/// <summary>
/// Checks the registered order types when the application starts, or at its first call: two of one key, types that JSON cannot carry, and leases that are
/// longer than allowed.
/// </summary>
internal sealed class OrderTypesValidator(IEnumerable<OrderTypeDescriptor> descriptors) : IValidateOptions<WorkManagerOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkManagerOptions options)
    {
        if (options is { Json: null } or { Lease: null })
        {
            // The rules of the options say so.
            return ValidateOptionsResult.Skip;
        }

        var types = descriptors.DistinctBy(d => d.ClrType).ToList();
        var json = WorkManagerJson.ToStrict(options.Json);
        string[] failures =
        [
            .. types.GroupBy(t => t.Key, StringComparer.Ordinal).Where(g => g.Count() > 1)
                .Select(g => $"Several order types have the key '{g.Key}': {string.Join(", ", g.Select(t => t.ClrType.Name))}."),
            .. types.SelectMany(t => t.FindFaults(json)),
            .. types.Where(t => t.LeaseTime > options.Lease.MaxTtl)
                .Select(t => $"The lease of {t.ClrType.Name} ('{t.Key}') is longer than Lease.MaxTtl, which is {options.Lease.MaxTtl}."),
        ];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures.Distinct(StringComparer.Ordinal));
    }
}
