namespace WorkManager.OrderTypes;

/// <summary>Asks the policies of an application.</summary>
internal static class ApprovalPolicies
{
    /// <summary>The first objection; null if there is none.</summary>
    public static async Task<string?> FindObjectionAsync(
        this IEnumerable<IApprovalPolicy> policies, WorkOrder order, Actor approver, CancellationToken cancellationToken)
    {
        foreach (var policy in policies)
        {
            if (await policy.FindObjectionAsync(order, approver, cancellationToken).ConfigureAwait(false) is { } objection)
            {
                return objection;
            }
        }

        return null;
    }
}
