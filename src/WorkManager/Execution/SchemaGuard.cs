using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Execution;

/// <summary>Checks once a database that its tables are there and have the columns of this version.</summary>
/// <remarks>It looks at columns, not at the migrations history: a schema made by a script or by the host's own migrations is as good.</remarks>
internal sealed class SchemaGuard(StoreDialects dialects)
{
    private readonly ConcurrentDictionary<string, bool> checkedDatabases = new(StringComparer.Ordinal);

    public async Task EnsureAsync(OperationContext context)
    {
        // A connection that the host opened itself may be to a private in-memory database: its text says nothing about which.
        var text = context.Host.Database.GetConnectionString();
        var key = string.IsNullOrEmpty(text) || text.Contains(":memory:", StringComparison.OrdinalIgnoreCase) ? null : text;
        if (key is not null && checkedDatabases.ContainsKey(key))
        {
            return;
        }

        await CheckAsync(context).ConfigureAwait(false);
        if (key is not null)
        {
            checkedDatabases.TryAdd(key, true);
        }
    }

    public Task CheckAsync(OperationContext context) => context.ReadAsync(async rows =>
    {
        var db = rows.Db;
        EnsureModelIsOfThisVersion(context.Host);
        var dialect = dialects.Of(db);
        await dialect.EnsureSafeAsync(db).ConfigureAwait(false);
        var found = await dialect.ReadColumnsAsync(db).ConfigureAwait(false);
        var expected = (
            from entity in db.Model.GetEntityTypes()
            from property in entity.GetProperties()
            select $"{entity.GetTableName()}.{property.GetColumnName()}").ToList();
        var missing = expected.Where(c => !found.Contains(c)).ToList();
        if (missing.Count > 0)
        {
            throw Describe(context.Host, missing, nothingThere: missing.Count == expected.Count);
        }

        return true;
    });

    // A compiled model is code of the host's: it stays as it was when the package is updated.
    private static void EnsureModelIsOfThisVersion(DbContext host)
    {
        var name = host.GetType().Name;
        var version = host.Model.FindAnnotation(ShippedModel.VersionAnnotation)?.Value as string;
        if (version != ShippedModel.LastMigration)
        {
            throw new WorkManagerSchemaException(
                WorkErrorCodes.SchemaOutdated,
                $"The model of {name} was made {(version is null ? "without WorkManager" : $"with another version of WorkManager ({version})")}, "
                + $"and this one needs {ShippedModel.LastMigration}. Run 'dotnet ef dbcontext optimize --context {name}' again if it is a compiled model; "
                + "otherwise call UseWorkManager() where the context gets its options.");
        }
    }

    private static WorkManagerSchemaException Describe(DbContext host, List<string> missing, bool nothingThere)
    {
        var name = host.GetType().Name;
        var command = host.GetService<IDbContextOptions>().FindExtension<WorkManagerOptionsExtension>()?.Migrations switch
        {
            MigrationOwnership.Host => $"Its own migrations make them: run 'dotnet ef migrations add <name> --context {name}', "
                + $"then 'dotnet ef database update --context {name}'.",
            MigrationOwnership.None => $"{name} leaves them to another context: migrate that one.",
            _ => $"Run 'dotnet ef database update --context {name}', or apply the migrations at deployment: "
                + "a script has to begin at 0, since they sort before yours. EnsureCreated() leaves these tables out, "
                + "and EnsureWorkManagerCreated() makes them. "
                + "If the command finds nothing to do, an IDesignTimeDbContextFactory builds the options without UseWorkManager().",
        };
        return nothingThere
            ? new WorkManagerSchemaException(WorkErrorCodes.SchemaMissing, $"The tables of WorkManager are missing. {command}")
            : new WorkManagerSchemaException(
                WorkErrorCodes.SchemaOutdated,
                $"The tables of WorkManager are older than the package: {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? ", …" : "")} "
                + $"{(missing.Count == 1 ? "is" : "are")} missing. {command}");
    }
}
