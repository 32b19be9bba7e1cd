using Microsoft.Extensions.DependencyInjection;
using WorkManager.OrderTypes;

namespace WorkManager.Leasing;

/// <summary>Says how the inputs of leased items are read: as what their order types say, and brought up to the registered version.</summary>
internal sealed class LeasedInputs(OrderTypeRegistry types, JsonDocuments documents)
{
    /// <summary>The input of an item, given the class to read it as. An input of an older version is brought up at once.</summary>
    /// <param name="item">The item, of a registered order type.</param>
    /// <param name="services">The scope that the order type is resolved from.</param>
    public Func<Type, object> Of(WorkItem item, IServiceProvider services)
    {
        var type = types.Get(item.OrderType);
        try
        {
            var input = new StoredDocument("input", item.Input, item.TypeVersion, documents.Stored).Upgrade(
                type.Version, (json, from) => ((OrderType)services.GetRequiredService(type.ClrType)).UpgradeInput(json, from));
            return wanted => input.ReadAs(type.InputType, wanted);
        }
        catch (WorkManagerException failure)
        {
            // The lease is committed. What fails must not keep it from its holder, who learns of it when it reads the input.
            return _ => throw failure;
        }
    }
}
