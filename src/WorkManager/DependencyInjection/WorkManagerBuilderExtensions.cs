using Microsoft.Extensions.DependencyInjection.Extensions;
using WorkManager;
using WorkManager.OrderTypes;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures WorkManager.</summary>
public static class WorkManagerBuilderExtensions
{
    /// <summary>Adds an order type.</summary>
    /// <typeparam name="TOrderType">The order type, with an <see cref="OrderTypeAttribute"/>. It is resolved from the scope that it runs in.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">The type has no valid <see cref="OrderTypeAttribute"/>.</exception>
    public static IWorkManagerBuilder AddOrderType<TOrderType>(this IWorkManagerBuilder builder)
        where TOrderType : OrderType
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(OrderTypeDescriptor.Of(typeof(TOrderType)));
        builder.Services.TryAddScoped<TOrderType>();
        return builder;
    }
}
