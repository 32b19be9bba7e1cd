using WorkManager.Leasing;

namespace WorkManager.Providers;

/// <summary>A claim's four texts: one each for what is asked for, so that each meets its partial index.</summary>
internal sealed record ClaimStatements(Statement Any, Statement OfType, Statement OfOrder, Statement OfOrderAndType)
{
    public Statement For(Claim claim) => (claim.OrderId, claim.OrderType) switch
    {
        (null, null) => Any,
        (null, _) => OfType,
        (_, null) => OfOrder,
        _ => OfOrderAndType,
    };
}
