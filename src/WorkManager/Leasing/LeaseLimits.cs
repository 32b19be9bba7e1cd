namespace WorkManager.Leasing;

/// <summary>How many leases may be live at once, of what a claim is about.</summary>
/// <param name="OfAgent">Of the agent, in all tenants that its session sees; null for any number.</param>
/// <param name="OfTenant">Of each tenant; null for any number.</param>
/// <param name="OfTypes">Of order types of the claim, within each tenant. Types that are not among them have no limit.</param>
internal sealed record LeaseLimits(int? OfAgent, int? OfTenant, IReadOnlyDictionary<string, int> OfTypes)
{
    /// <summary>Whether a claim has to look at the leases of its tenant.</summary>
    public bool AreOfTenants => OfTenant is not null || OfTypes.Count > 0;

    public bool AreNone => OfAgent is null && !AreOfTenants;
}
