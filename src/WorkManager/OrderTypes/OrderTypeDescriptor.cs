using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using WorkManager.Orders;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.OrderTypes;

/// <summary>Facts about an order type that are known without constructing it.</summary>
/// <param name="Key">The key that is stored.</param>
/// <param name="Version">The version of its documents.</param>
/// <param name="LeaseTime">How long leases of its items last; null for what the options say.</param>
/// <param name="MaxLeases">How many of its items can be leased at once, in each tenant; null for what the options say.</param>
/// <param name="MaxReworks">How often an item can be returned for rework; null for what the options say.</param>
/// <param name="Approvals">How many people have to approve an order.</param>
/// <param name="ApproverRole">The role that each of them must have; null for none.</param>
/// <param name="DefersApply">Whether an approved order is applied by a duty.</param>
/// <param name="ReturnedItems">What becomes of an order if a reviewer returns some of its items.</param>
/// <param name="ItemFailure">What a failed item means for its order.</param>
/// <param name="DependencyFailure">What becomes of work that waits for other work, if that comes to nothing.</param>
/// <param name="RedoDependents">Whether items with a result are done again when one that they waited for is returned for rework.</param>
/// <param name="IsReversible">Whether what an order changed is kept, so that it can be put back.</param>
/// <param name="ClrType">The class.</param>
/// <param name="PayloadType">What a requester gives.</param>
/// <param name="InputType">What the agent of an item gets.</param>
/// <param name="ResultType">What the agent submits.</param>
internal sealed partial record OrderTypeDescriptor(
    string Key, int Version, TimeSpan? LeaseTime, int? MaxLeases, int? MaxReworks, int Approvals, string? ApproverRole, bool DefersApply,
    ReturnedItems ReturnedItems, ItemFailure ItemFailure, DependencyFailure DependencyFailure, bool RedoDependents, bool IsReversible, Type ClrType,
    Type PayloadType, Type InputType, Type ResultType)
{
    /// <summary>The key of the type of those orders that reverse the type's.</summary>
    public string ReversalKey => $"{Key}.reversal";

    /// <summary>Whether its orders put back what others have changed.</summary>
    public bool IsReversal { get; private init; }

    /// <summary>The type of the orders that reverse this one's: planned in another way, and approved by the same rules.</summary>
    /// <param name="clrType">The class.</param>
    /// <param name="payloadType">The payload, which is the input, too.</param>
    /// <param name="resultType">The result.</param>
    public OrderTypeDescriptor Reversal(Type clrType, Type payloadType, Type resultType) => this with
    {
        Key = ReversalKey, Version = 1, LeaseTime = null, MaxLeases = null, MaxReworks = 0, ReturnedItems = default, ItemFailure = default,
        DependencyFailure = default, IsReversible = false, IsReversal = true, ClrType = clrType,
        PayloadType = payloadType, InputType = payloadType, ResultType = resultType,
    };

    /// <summary>Whom the type lets approve its orders.</summary>
    /// <param name="type">The type, constructed.</param>
    public ApprovalTerms TermsOf(OrderType type) => new(ApproverRole, type.AllowSelfApproval, type.AllowRequesterApproval);

    /// <summary>What keeps payload, input and result from being carried as JSON, as sentences.</summary>
    /// <param name="strict">How they are written and read.</param>
    public IEnumerable<string> FindFaults(JsonSerializerOptions strict)
    {
        var contracts = JsonContractBuilder.For(strict);
        foreach (var (role, type) in new[] { ("payload", PayloadType), ("input", InputType), ("result", ResultType) })
        {
            string? fault = null;
            try
            {
                contracts.Build(type);
            }
            catch (Exception refused) when (refused is InvalidOperationException or NotSupportedException or ArgumentException)
            {
                fault = $"The {role} of {ClrType.Name} ('{Key}') cannot be used: {refused.Message}";
            }

            if (fault is not null)
            {
                yield return fault;
            }
        }
    }

    /// <exception cref="InvalidOperationException">It is no order type, or has no valid <see cref="OrderTypeAttribute"/>.</exception>
    public static OrderTypeDescriptor Of(Type clrType)
    {
        var attribute = clrType.GetCustomAttribute<OrderTypeAttribute>()
            ?? throw new InvalidOperationException($"{clrType.Name} needs an [OrderType(\"key\")] attribute that names it.");
        if (attribute.Key is null || !ValidKey().IsMatch(attribute.Key))
        {
            throw new InvalidOperationException(
                $"The key of {clrType.Name} in [OrderType] must have 1 to 120 characters: letters and digits of ASCII, and any of . - _ : /");
        }

        if (attribute.Version < 1)
        {
            throw new InvalidOperationException($"The version of {clrType.Name} in [OrderType] must be at least 1.");
        }

        if (attribute.LeaseSeconds < 0)
        {
            throw new InvalidOperationException($"The lease of {clrType.Name} in [OrderType] must be at least 1 second, or 0 for what the options say.");
        }

        if (attribute.MaxLeases < 0)
        {
            throw new InvalidOperationException($"The leases of {clrType.Name} in [OrderType] must be at least 1 at once, or 0 for what the options say.");
        }

        if (attribute.MaxReworks is < -1 or > 1000)
        {
            throw new InvalidOperationException($"The reworks of {clrType.Name} in [OrderType] must be 0 to 1000, or -1 for what the options say.");
        }

        if (attribute.Approvals is < 1 or > 20)
        {
            throw new InvalidOperationException($"The approvals of {clrType.Name} in [OrderType] must be 1 to 20.");
        }

        if (attribute.ApproverRole is { } role && (string.IsNullOrWhiteSpace(role) || role.Length > Actor.MaxIdLength))
        {
            throw new InvalidOperationException($"The approver role of {clrType.Name} in [OrderType] must have 1 to {Actor.MaxIdLength} characters.");
        }

        if (!Enum.IsDefined(attribute.ReturnedItems))
        {
            throw new InvalidOperationException($"The ReturnedItems of {clrType.Name} in [OrderType] is {attribute.ReturnedItems}, which has no meaning.");
        }

        if (!Enum.IsDefined(attribute.ItemFailure))
        {
            throw new InvalidOperationException($"The ItemFailure of {clrType.Name} in [OrderType] is {attribute.ItemFailure}, which has no meaning.");
        }

        if (!Enum.IsDefined(attribute.DependencyFailure))
        {
            throw new InvalidOperationException(
                $"The DependencyFailure of {clrType.Name} in [OrderType] is {attribute.DependencyFailure}, which has no meaning.");
        }

        if (attribute.Reversible && !ValidKey().IsMatch($"{attribute.Key}.reversal"))
        {
            throw new InvalidOperationException(
                $"The key of {clrType.Name} in [OrderType] is too long for a reversible type: its reversals have the same key with '.reversal' at the end.");
        }

        int? leases = attribute.MaxLeases == 0 ? null : attribute.MaxLeases;
        int? reworks = attribute.MaxReworks < 0 ? null : attribute.MaxReworks;
        TimeSpan? lease = attribute.LeaseSeconds == 0 ? null : TimeSpan.FromSeconds(attribute.LeaseSeconds);
        for (var type = clrType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(OrderType<,,>))
            {
                var arguments = type.GetGenericArguments();
                return new OrderTypeDescriptor(
                    attribute.Key, attribute.Version, lease, leases, reworks, attribute.Approvals, attribute.ApproverRole, attribute.DeferApply,
                    attribute.ReturnedItems, attribute.ItemFailure, attribute.DependencyFailure, attribute.RedoDependents, attribute.Reversible, clrType,
                    arguments[0], arguments[1], arguments[2]);
            }
        }

        throw new InvalidOperationException($"{clrType.Name} must derive from OrderType<TPayload, TInput, TResult> or OrderType<TPayload, TResult>.");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._:/-]{1,120}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ValidKey();
}
