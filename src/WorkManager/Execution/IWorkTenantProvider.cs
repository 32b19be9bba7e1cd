namespace WorkManager;

/// <summary>Says which tenant a scope works for. Register it to keep tenants apart; without one, all work belongs to the tenant <c>""</c>.</summary>
/// <remarks>
/// <para>
/// Register it as scoped: <c>services.AddScoped&lt;IWorkTenantProvider, YourProvider&gt;()</c>. WorkManager asks it at each call. The rows that the call writes
/// belong to that tenant, and the call sees no rows of other tenants: an id that belongs to another tenant is <c>not_found</c>.
/// </para>
/// <para>
/// The scope in which an apply runs works for the tenant of its order, whatever the provider says there. A hosted service names its tenant when it
/// creates its manager; see <see cref="IWorkOrderManagerFactory"/>.
/// </para>
/// </remarks>
public interface IWorkTenantProvider
{
    /// <summary>The tenant of the scope: up to 64 characters, no control characters. Empty for an application without tenants.</summary>
    string TenantId { get; }
}
