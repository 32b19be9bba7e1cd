using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager.Execution;

/// <summary>Who calls WorkManager, from which scope and for which tenant.</summary>
/// <param name="Services">The caller's scope; null if each operation gets its own scope.</param>
/// <param name="Host">The host's context that the caller passed; null for the one of the scope.</param>
/// <param name="Actor">Who acts.</param>
/// <param name="Tenant">The tenant whose work the caller sees, or all of them; null for the tenant of the scope.</param>
internal sealed record WorkSession(IServiceProvider? Services, DbContext? Host, Actor Actor, TenantScope? Tenant = null);
