using System.Diagnostics.CodeAnalysis;

namespace WorkManager.Orders;

/// <summary>Whose work an operation sees: that of one tenant, or of all.</summary>
internal sealed record TenantScope
{
    private TenantScope(string? id) => Id = id;

    /// <summary>Work of every tenant: for maintenance, and for callers that were made for it.</summary>
    public static TenantScope All { get; } = new((string?)null);

    /// <summary>The tenant; null for all.</summary>
    public string? Id { get; }

    [MemberNotNullWhen(false, nameof(Id))]
    public bool IsAll => Id is null;

    /// <summary>The work of one tenant. The empty text is a tenant, too: the only one of an application without tenants.</summary>
    /// <exception cref="ArgumentException">The id is longer than 64 characters, or has a character that cannot be stored.</exception>
    public static TenantScope Of(string tenantId)
    {
        ArgumentNullException.ThrowIfNull(tenantId);
        if (tenantId.Length > EntityMapping.TenantLength || tenantId.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
        {
            throw new ArgumentException(
                $"A tenant's id has at most {EntityMapping.TenantLength} characters, and no control characters or surrogates.", nameof(tenantId));
        }

        return new(tenantId);
    }

    public bool Includes(string tenantId) => IsAll || Id == tenantId;
}
