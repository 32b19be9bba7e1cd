using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace WorkManager.Reversals;

/// <summary>Rows that refer to others: what is deleted may take them along.</summary>
internal static class Dependents
{
    private const int MostKeys = 100;

    /// <summary>Foreign keys by which rows with keys of their own refer to those of a type.</summary>
    public static IEnumerable<IForeignKey> References(IEntityType type) => type.GetReferencingForeignKeys().Where(
        f => !f.IsOwnership && f.PrincipalKey.IsPrimaryKey() && !f.DeclaringEntityType.IsOwned() && f.DeclaringEntityType.GetTableName() is not null);

    /// <summary>Finds out, before a save, whether the database will delete or change rows on its own that the context does not track.</summary>
    /// <param name="host">The host's context, in the middle of a save: it cannot be asked itself.</param>
    /// <param name="changed">What is saved.</param>
    /// <returns>A table of which that is so; null if there is none.</returns>
    public static string? FindUntracked(DbContext host, IReadOnlyList<EntityEntry> changed)
    {
        var untracked =
            from deleted in changed
            where deleted.State == EntityState.Deleted && !deleted.Metadata.IsOwned()
            group deleted by deleted.Metadata into ofType
            from reference in References(ofType.Key)
            where reference.DeleteBehavior is DeleteBehavior.Cascade or DeleteBehavior.SetNull
            from some in ofType.Chunk(MostKeys)
            let keys = some.Select(e => RowKeys.Of(e)).ToList()
            where Count(host, reference, keys) > CountTracked(changed, reference, keys)
            select reference.DeclaringEntityType.GetTableName();
        return untracked.FirstOrDefault();
    }

    private static int CountTracked(IReadOnlyList<EntityEntry> changed, IForeignKey reference, List<object?[]> keys)
    {
        var meant = keys.Select(k => RowKeys.TextOf(reference.PrincipalEntityType, k)).ToHashSet();
        return changed.Count(e => e.State != EntityState.Added && reference.DeclaringEntityType.IsAssignableFrom(e.Metadata)
            && meant.Contains(RowKeys.TextOf(reference.PrincipalEntityType, [.. reference.Properties.Select(p => e.Property(p.Name).OriginalValue)])));
    }

    private static int Count(DbContext host, IForeignKey reference, List<object?[]> keys)
    {
        var (names, type) = (host.GetService<ISqlGenerationHelper>(), reference.DeclaringEntityType);
        var table = StoreObjectIdentifier.Table(type.GetTableName()!, type.GetSchema());
        using var command = host.Database.GetDbConnection().CreateCommand();
        command.Transaction = host.Database.CurrentTransaction!.GetDbTransaction();
        var columns = reference.Properties.Select(p => names.DelimitIdentifier(p.GetColumnName(table)!));
#pragma warning disable CA2100 // Names of the model, delimited, and parameters.
        command.CommandText =
            $"SELECT COUNT(*) FROM {names.DelimitIdentifier(table.Name, table.Schema)} "
            + $"WHERE ({string.Join(", ", columns)}) IN (VALUES {KeyParameters.Add(command, reference.Properties, keys)})";
#pragma warning restore CA2100
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
