using WorkManager.Leasing;

namespace WorkManager.Providers;

/// <summary>The texts of a claim: one text per filter, so that PostgreSQL and SQLite use the partial index that fits it.</summary>
/// <param name="OfTypes">Items of some order types of a tenant.</param>
/// <param name="OfTenants">Items of some order types of some tenants, from each tenant its share.</param>
/// <param name="OfOrder">Items of one order, if it is of one of the types.</param>
internal sealed record ClaimStatements(CountedStatements OfTypes, CountedStatements OfTenants, Statement OfOrder)
{
    public Statement For(Claim claim) => claim switch
    {
        { OrderId: not null } => OfOrder,
        { Tenants: not null } => OfTenants.For(claim.Types.Count),
        _ => OfTypes.For(claim.Types.Count),
    };
}
