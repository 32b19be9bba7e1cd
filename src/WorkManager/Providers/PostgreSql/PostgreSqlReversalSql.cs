using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Reversals;

namespace WorkManager.Providers.PostgreSql;

/// <inheritdoc/>
internal sealed class PostgreSqlReversalSql : IReversalSql
{
    public async Task LockAsync(DbContext host, IEntityType type, IReadOnlyCollection<object?[]> keys, CancellationToken cancellationToken)
    {
        const int mostKeys = 1000;
        var properties = type.FindPrimaryKey()!.Properties;
        foreach (var table in type.GetTableMappings().Select(m => m.Table).Distinct())
        {
            foreach (var some in keys.Chunk(mostKeys))
            {
                await LockAsync(host, table, properties, some, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task LockAsync(
        DbContext host, ITable table, IReadOnlyList<IProperty> properties, object?[][] keys, CancellationToken cancellationToken)
    {
        var names = host.GetService<ISqlGenerationHelper>();
        var command = host.Database.GetDbConnection().CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.Transaction = host.Database.CurrentTransaction!.GetDbTransaction();
            var columns = properties.Select(p => names.DelimitIdentifier(p.GetColumnName(StoreObjectIdentifier.Table(table.Name, table.Schema))!)).ToList();
            var list = string.Join(", ", columns);
            // In the order of their keys: two that lock the same rows would wait for each other.
#pragma warning disable CA2100 // Names of the model, delimited, and parameters.
            command.CommandText =
                $"SELECT 1 FROM {names.DelimitIdentifier(table.Name, table.Schema)} WHERE ({list}) IN ({KeyParameters.Add(command, properties, keys)}) "
                + $"ORDER BY {list} FOR UPDATE";
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
