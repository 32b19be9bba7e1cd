using WorkManager.Errors;
using WorkManager.Orders;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Operating;

/// <summary>What pausing an order type and resuming it have in common.</summary>
internal static class PausedTypes
{
    /// <exception cref="WorkValidationException">No order type has such a key.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is an agent.</exception>
    public static void Check(string orderType, Actor actor, string decision)
    {
        if (orderType.Length == 0)
        {
            throw WorkValidationException.Argument("order_type", ValidationCodes.Required, "Say which order type is meant.");
        }

        if (orderType.Length > EntityMapping.KeyLength)
        {
            throw WorkValidationException.Argument(
                "order_type", ValidationCodes.MaxLength, $"The key of an order type may have {EntityMapping.KeyLength} characters.");
        }

        StorableText.Ensure("order_type", orderType);
        if (actor.Type == ActorType.Agent)
        {
            throw ApprovalDeniedException.ForAgents(Guid.Empty, $"{decision} types of");
        }
    }
}
