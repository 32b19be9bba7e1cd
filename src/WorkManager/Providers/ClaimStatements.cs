using WorkManager.Leasing;

namespace WorkManager.Providers;

/// <summary>The texts of a claim: one text per filter, so that PostgreSQL and SQLite use the partial index that fits it.</summary>
/// <param name="Any">Whatever is ready of a tenant.</param>
/// <param name="OfType">Items of one order type of a tenant.</param>
/// <param name="OfOrder">Items of one order.</param>
/// <param name="OfOrderAndType">Items of one order, if it is of this type.</param>
/// <param name="OfTenants">Whatever is ready of some tenants, from each its share.</param>
/// <param name="OfTenantsAndType">Items of one order type of some tenants, from each its share.</param>
internal sealed record ClaimStatements(
    Statement Any, Statement OfType, Statement OfOrder, Statement OfOrderAndType, Statement OfTenants, Statement OfTenantsAndType)
{
    public Statement For(Claim claim) => claim switch
    {
        { Tenants: not null, OrderType: null } => OfTenants,
        { Tenants: not null } => OfTenantsAndType,
        { OrderId: null, OrderType: null } => Any,
        { OrderId: null } => OfType,
        { OrderType: null } => OfOrder,
        _ => OfOrderAndType,
    };
}
