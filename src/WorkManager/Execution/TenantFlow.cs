using WorkManager.Orders;

namespace WorkManager.Execution;

/// <summary>
/// The tenant of the order for which host code runs in the current flow of control. The fresh scopes of that code know nothing of the request that led there.
/// </summary>
internal static class TenantFlow
{
    private static readonly AsyncLocal<Holder?> Flow = new();

    /// <summary>The tenant; null outside of such code.</summary>
    public static TenantScope? Current => Flow.Value?.Tenant;

    public static IDisposable Enter(TenantScope tenant)
    {
        var holder = new Holder(Flow.Value) { Tenant = tenant };
        Flow.Value = holder;
        return holder;
    }

    /// <summary>Emptied at the end: what host code started and left running has a copy of the flow.</summary>
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
