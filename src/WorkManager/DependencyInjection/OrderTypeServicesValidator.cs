using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WorkManager.OrderTypes;

namespace WorkManager.DependencyInjection;

/// <summary>Checks when the application starts that its order types can be constructed, which the container else tells at their first use.</summary>
/// <param name="types">The order types.</param>
/// <param name="registered">What the application has registered: an order type that it makes itself is not checked.</param>
/// <param name="services">Tells what the container knows; null if it does not tell.</param>
internal sealed class OrderTypeServicesValidator(IEnumerable<OrderTypeDescriptor> types, IServiceCollection registered, IServiceProviderIsService? services)
    : IValidateOptions<WorkManagerOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkManagerOptions options)
    {
        var failures = types.DistinctBy(t => t.ClrType).Select(FindFault).OfType<string>().ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private string? FindFault(OrderTypeDescriptor type)
    {
        if (services is null || registered.LastOrDefault(s => s.ServiceType == type.ClrType && !s.IsKeyedService)?.ImplementationType is not { } made)
        {
            return null;
        }

        var constructors = made.GetConstructors();
        if (constructors.Length == 0)
        {
            return $"The order type {made.Name} ('{type.Key}') cannot be constructed: it has no public constructor.";
        }

        var missing = constructors.Select(c => c.GetParameters().FirstOrDefault(p => !IsKnown(p, services))).ToList();
        return missing.Contains(null)
            ? null
            : $"The order type {made.Name} ('{type.Key}') cannot be constructed: no service is registered for {missing[0]!.ParameterType.Name}, "
                + $"which its constructor takes as {missing[0]!.Name}.";
    }

    private static bool IsKnown(ParameterInfo parameter, IServiceProviderIsService services) =>
        parameter.HasDefaultValue
        || parameter.IsDefined(typeof(FromKeyedServicesAttribute)) || parameter.IsDefined(typeof(ServiceKeyAttribute))
        || services.IsService(parameter.ParameterType);
}
