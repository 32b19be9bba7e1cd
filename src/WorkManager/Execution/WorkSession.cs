using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager.Execution;

/// <summary>Who calls, and from where.</summary>
/// <param name="Services">The caller's scope; null where each operation has a scope of its own.</param>
/// <param name="Host">The host's context that was named by the caller; null for the scope's own.</param>
/// <param name="Actor">Who acts.</param>
/// <param name="Tenant">Whose work is seen; null for what the scope says.</param>
internal sealed record WorkSession(IServiceProvider? Services, DbContext? Host, Actor Actor, TenantScope? Tenant = null);
