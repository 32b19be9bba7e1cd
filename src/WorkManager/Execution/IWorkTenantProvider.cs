namespace WorkManager;

/// <summary>Says which tenant a scope works for. Register it to keep tenants apart; without one, all work belongs to the tenant <c>""</c>.</summary>
/// <remarks>
/// <para>
/// Register it as scoped: <c>services.AddScoped&lt;IWorkTenantProvider, YourProvider&gt;()</c>. It is asked at each call. What the call writes belongs to that
/// tenant, and the call sees nothing of another's: an id of another tenant's is <c>not_found</c>.
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
