using WorkManager.Errors;
using WorkManager.OrderTypes;

namespace WorkManager.Leasing;

/// <summary>Checks what a checkout asks for, and adds what this process knows: its order types, and how long their leases last.</summary>
internal sealed class ClaimRequests(OrderTypeRegistry types, LeaseOptions lease)
{
    // A claim reads from one range of an index for each.
    private const int MostTypes = 256;

    /// <returns>The claim. It is of no type if this process has none, or if the request names types that exclude each other.</returns>
    /// <exception cref="WorkValidationException">The request is out of range.</exception>
    /// <exception cref="OrderTypeNotFoundException">It names a type that is not registered.</exception>
    public Claim Check(CheckoutBatch request)
    {
        var filter = request.Filter;
        if (request.Count is < 1 or > 1000)
        {
            throw WorkValidationException.Argument("count", ValidationCodes.OutOfRange, "The count must be 1 to 1000.");
        }

        if (filter.MinPriority is < 0 or > 100)
        {
            throw WorkValidationException.Argument("min_priority", ValidationCodes.OutOfRange, "The minimum priority must be 0 to 100.");
        }

        if (filter.Ttl is { } asked && (asked < TimeSpan.FromSeconds(1) || asked > lease.MaxTtl))
        {
            throw WorkValidationException.Argument("ttl", ValidationCodes.OutOfRange, $"The time to live must be 1 second to {lease.MaxTtl}.");
        }

        var wanted = TypesOf(filter);
        if (wanted.Count > MostTypes)
        {
            throw WorkValidationException.Argument(
                "types", ValidationCodes.OutOfRange, $"A checkout is of at most {MostTypes} order types, and this is of {wanted.Count}. Name fewer.");
        }

        return new Claim(request.Count, filter.OrderId, wanted.ConvertAll(t => t.Key), (short)(filter.MinPriority ?? 0), TimesOf(filter.Ttl, wanted));
    }

    private List<OrderTypeDescriptor> TypesOf(CheckoutRequest filter)
    {
        if (filter.Types is { Count: 0 } || filter.Types?.Contains(null) is true)
        {
            throw WorkValidationException.Argument("types", ValidationCodes.Required, "Name at least one type, or none at all (null) for all of this process.");
        }

        var named = filter.Types?.Distinct(StringComparer.Ordinal).Select(types.Get).ToList();
        var only = filter.Type is { } key ? types.Get(key) : null;
        return (named, only) switch
        {
            (null, null) => [.. types.All],
            (null, not null) => [only],
            (not null, null) => named,
            _ => named.FindAll(t => t == only),
        };
    }

    private LeaseTimes TimesOf(TimeSpan? asked, List<OrderTypeDescriptor> wanted) => new(
        asked is { } ttl ? LeaseTimes.Seconds(ttl) : 0,
        wanted.ConvertAll(t => LeaseTimes.Seconds(t.LeaseTime ?? lease.Ttl)),
        LeaseTimes.Seconds(lease.MaxTtl));
}
