using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager;
using WorkManager.Persistence.HostModel;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Says in the host's model what is changed by approved work only.</summary>
public static class WorkManagerEntityTypeBuilderExtensions
{
    /// <summary>
    /// Rows of this entity are written inside the apply of an approved order only, also those of derived types and of values that they own: a save, an
    /// <c>ExecuteUpdate</c>, an <c>ExecuteDelete</c> or SQL through a context with <c>UseWorkManager()</c> is refused elsewhere.
    /// </summary>
    /// <typeparam name="TEntity">The type of the entity.</typeparam>
    /// <param name="entity">The entity.</param>
    /// <param name="writes">What becomes of other writes: by default they are refused.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// A guard rail against mistakes, and no security boundary: EF Core does not see commands on the connection itself, nor other programs.
    /// <c>Database.AllowGovernedWrites(reason)</c> allows writes for a while.
    /// </remarks>
    public static EntityTypeBuilder<TEntity> IsGoverned<TEntity>(this EntityTypeBuilder<TEntity> entity, GovernedWrites writes = GovernedWrites.Refuse)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(entity);
        if (!Enum.IsDefined(writes))
        {
            throw new ArgumentOutOfRangeException(nameof(writes), writes, null);
        }

        Governance.Mark(entity.Metadata, writes);
        return entity;
    }
}
