namespace WorkManager.Providers;

/// <summary>Finds the tenants that have ready items of some order types, which both databases do by much the same texts.</summary>
/// <param name="isReady">The condition that an item is ready.</param>
/// <param name="types">The list <c>@types</c> as a table <c>t</c> with a column <c>value</c>.</param>
internal sealed class TenantStatements(string isReady, string types)
{
    private readonly Statement first = new(QueueSql.FindTenants("TRUE", isReady, types));
    private readonly Statement next = new(QueueSql.FindTenants("tenant_id > @after", isReady, types));

    /// <inheritdoc cref="Leasing.ILeasingSql.FindTenantsAsync"/>
    public Task<IReadOnlyList<string>> FindAsync(WorkManagerDbContext db, string? after, object types, int limit) =>
        (after is null ? first : next).ValuesAsync<string>(db, ("after", after), ("types", types), ("limit", limit));
}
