namespace WorkManager.Execution;

/// <summary>The provider of an application without tenants.</summary>
internal sealed class SingleTenant : IWorkTenantProvider
{
    public string TenantId => "";
}
