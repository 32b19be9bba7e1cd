using WorkManager.Orders;

namespace WorkManager.Execution;

/// <summary>
/// The tenant for which host code of an order runs now. It flows with async calls. Such code runs in new scopes, and an
/// <see cref="IWorkTenantProvider"/> there does not know the request that led to it.
/// </summary>
internal static class TenantFlow
{
    private static readonly AsyncLocal<Holder?> Flow = new();

    /// <summary>The tenant of the order; null outside of such code.</summary>
    public static TenantScope? Current => Flow.Value?.Tenant;

    public static IDisposable Enter(TenantScope tenant)
    {
        var holder = new Holder(Flow.Value) { Tenant = tenant };
        Flow.Value = holder;
        return holder;
    }

    /// <summary>
    /// Holds the tenant. It is reset at the end, because tasks that host code has started and not awaited keep a reference to it.
    /// </summary>
    private sealed class Holder(Holder? outer) : IDisposable
    {
        public TenantScope? Tenant { get; set; }

        public void Dispose()
        {
            Tenant = outer?.Tenant;
            Flow.Value = outer;
        }
    }
}
