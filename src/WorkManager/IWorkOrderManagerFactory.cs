namespace WorkManager;

/// <summary>Gives out managers where there is no scope, such as in a hosted service.</summary>
/// <remarks>
/// A singleton. Each operation of its managers runs in a scope of its own, so they join no transaction unless told to by <see cref="IWorkOrderManager.In"/>.
/// </remarks>
public interface IWorkOrderManagerFactory
{
    /// <summary>Creates a manager.</summary>
    /// <param name="actor">Who acts.</param>
    /// <returns>The manager.</returns>
    /// <remarks>It works for the tenant that the <see cref="IWorkTenantProvider"/> of each operation's own scope names.</remarks>
    IWorkOrderManager Create(Actor actor);

    /// <summary>Creates a manager that works for a tenant, whatever the <see cref="IWorkTenantProvider"/> says.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <returns>The manager.</returns>
    /// <exception cref="ArgumentException">The id is longer than 64 characters, or has a character that cannot be stored.</exception>
    IWorkOrderManager Create(Actor actor, string tenantId);

    /// <summary>Creates a manager that works for all tenants, such as that of a worker which they share.</summary>
    /// <param name="actor">Who acts.</param>
    /// <returns>
    /// The manager. Its checkouts take from the tenants in turn, so that no tenant waits behind the queue of another. It cannot propose, because
    /// an order belongs to one tenant.
    /// </returns>
    IWorkOrderManager CreateForAllTenants(Actor actor);
}
