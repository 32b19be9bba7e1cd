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

    /// <summary>Foreign keys by which rows of others refer to those of a type.</summary>
    public static IEnumerable<IForeignKey> References(IEntityType type) =>
        type.GetReferencingForeignKeys().Where(f => !f.IsOwnership && !f.DeclaringEntityType.IsMappedToJson());

    /// <summary>Foreign keys of owned values that have rows of their own, and go with those of a type.</summary>
    public static IEnumerable<IForeignKey> OwnedRows(IEntityType type) => type.GetReferencingForeignKeys().Where(
        f => f.IsOwnership && !f.DeclaringEntityType.IsMappedToJson() && f.PrincipalToDependent is { } navigation && !RowMember.SharesTheRow(navigation));

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
            from reference in References(ofType.Key).Concat(OwnedRows(ofType.Key))
            where reference.DeleteBehavior is DeleteBehavior.Cascade or DeleteBehavior.SetNull
            from some in ofType.Chunk(MostKeys)
            let keys = some.Select(e => RowKeys.Of(e, reference.PrincipalKey.Properties)).ToList()
            where Count(host, reference, keys) > CountTracked(changed, reference, keys)
            select reference.DeclaringEntityType.GetTableName() ?? reference.DeclaringEntityType.DisplayName();
        return untracked.FirstOrDefault();
    }

    /// <summary>Counts the rows that refer to others.</summary>
    /// <param name="host">The host's context, in a transaction.</param>
    /// <param name="reference">The foreign key.</param>
    /// <param name="keys">The values to which they refer.</param>
    public static int Count(DbContext host, IForeignKey reference, IReadOnlyList<object?[]> keys) =>
        reference.DeclaringEntityType.GetDerivedTypesInclusive().SelectMany(t => t.GetTableMappings()).Select(m => m.Table).Distinct()
            .Select(table => (Table: table, Columns: reference.Properties.Select(p => table.FindColumn(p)).ToList()))
            .Where(t => t.Columns.TrueForAll(c => c is not null))
            .Sum(t => Count(host, t.Table, t.Columns.ConvertAll(c => c!.Name), reference.Properties, keys));

    private static int CountTracked(IReadOnlyList<EntityEntry> changed, IForeignKey reference, List<object?[]> keys)
    {
        var (key, properties) = (reference.PrincipalKey.Properties, reference.Properties);
        var meant = keys.Select(k => RowKeys.TextOf(key, k)).ToHashSet();
        return changed.Count(e => e.State != EntityState.Added && reference.DeclaringEntityType.IsAssignableFrom(e.Metadata)
            && meant.Contains(RowKeys.TextOf(key, RowKeys.Of(e, properties))));
    }

    private static int Count(DbContext host, ITable table, List<string> columns, IReadOnlyList<IProperty> properties, IReadOnlyList<object?[]> keys)
    {
        var names = host.GetService<ISqlGenerationHelper>();
        using var command = host.Database.GetDbConnection().CreateCommand();
        command.Transaction = host.Database.CurrentTransaction!.GetDbTransaction();
        var list = string.Join(", ", columns.Select(names.DelimitIdentifier));
#pragma warning disable CA2100 // Names of the model, delimited, and parameters.
        command.CommandText =
            $"SELECT COUNT(*) FROM {names.DelimitIdentifier(table.Name, table.Schema)} "
            + $"WHERE ({list}) IN (VALUES {KeyParameters.Add(command, properties, keys)})";
#pragma warning restore CA2100
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
