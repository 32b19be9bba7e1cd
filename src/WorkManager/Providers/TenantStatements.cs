namespace WorkManager.Providers;

/// <summary>Finds the tenants that have ready items, which both databases do by the same texts.</summary>
internal static class TenantStatements
{
    private const string AnyType = "TRUE";
    private const string OneType = "order_type = @type";

    private static readonly Statement First = new(QueueSql.FindTenants("TRUE", AnyType));
    private static readonly Statement FirstOfType = new(QueueSql.FindTenants("TRUE", OneType));
    private static readonly Statement Next = new(QueueSql.FindTenants("tenant_id > @after", AnyType));
    private static readonly Statement NextOfType = new(QueueSql.FindTenants("tenant_id > @after", OneType));

    /// <inheritdoc cref="Leasing.ILeasingSql.FindTenantsAsync"/>
    public static Task<IReadOnlyList<string>> FindAsync(WorkManagerDbContext db, string? after, string? orderType, int limit)
    {
        var statement = (after, orderType) switch
        {
            (null, null) => First,
            (null, _) => FirstOfType,
            (_, null) => Next,
            _ => NextOfType,
        };
        return statement.ValuesAsync<string>(db, ("after", after), ("type", orderType), ("limit", limit));
    }
}
