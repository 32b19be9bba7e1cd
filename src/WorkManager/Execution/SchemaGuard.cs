using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Execution;

/// <summary>Checks once per database and schema that the tables exist and have the columns of this version.</summary>
/// <remarks>It looks at columns and not at the migrations history, because a script or the host's own migrations may have made the schema.</remarks>
internal sealed class SchemaGuard(StoreDialects dialects)
{
    private readonly ConcurrentDictionary<string, bool> checkedDatabases = new(StringComparer.Ordinal);

    public async Task EnsureAsync(OperationContext context)
    {
        // Says so if the provider is not supported, before anything relational is asked of it.
        dialects.Of(context.Host);
        // Without a connection string, or with an in-memory database, one text may stand for different databases: these are checked at each call.
        var isNamed = context.DatabaseName is not [.., '\n'] && !dialects.Of(context.Host).IsPrivate(context.Host);
        var key = isNamed ? context.DatabaseName : null;
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

        // Who has no tables yet is told that first.
        await dialect.EnsureSafeAsync(db).ConfigureAwait(false);
        return true;
    });

    // A compiled model is code in the host's project. It does not change when the package is updated.
    private static void EnsureModelIsOfThisVersion(DbContext host)
    {
        var name = host.GetType().Name;
        var version = host.Model.FindAnnotation(ShippedModel.VersionAnnotation)?.Value as string;
        if (version != ShippedModel.LastMigration)
        {
            throw new WorkManagerSchemaException(
                WorkErrorCodes.SchemaOutdated,
                $"The model of {name} was built {(version is null ? "without WorkManager" : $"with another version of WorkManager ({version})")}. "
                + $"This version needs {ShippedModel.LastMigration}. If it is a compiled model, run 'dotnet ef dbcontext optimize --context {name}' again. "
                + "Otherwise call UseWorkManager() where the options of the context are built.");
        }
    }

    private static WorkManagerSchemaException Describe(DbContext host, List<string> missing, bool nothingThere)
    {
        var name = host.GetType().Name;
        var command = host.GetService<IDbContextOptions>().FindExtension<WorkManagerOptionsExtension>()?.Migrations switch
        {
            MigrationOwnership.Host => $"The migrations of {name} create them: run 'dotnet ef migrations add <name> --context {name}', "
                + $"then 'dotnet ef database update --context {name}'.",
            MigrationOwnership.None => $"{name} does not own them (MigrationOwnership.None): migrate the context that does.",
            _ => $"Run 'dotnet ef database update --context {name}', or apply the migrations at deployment. "
                + "A script of migrations must begin at 0, because WorkManager's migrations come before yours. EnsureCreated() does not create these tables; "
                + "EnsureWorkManagerCreated() does. "
                + "If the command finds nothing to do, look for an IDesignTimeDbContextFactory that builds the options without UseWorkManager().",
        };
        return nothingThere
            ? new WorkManagerSchemaException(WorkErrorCodes.SchemaMissing, $"The tables of WorkManager are missing. {command}")
            : new WorkManagerSchemaException(
                WorkErrorCodes.SchemaOutdated,
                $"The tables of WorkManager are older than the package: {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? ", …" : "")} "
                + $"{(missing.Count == 1 ? "is" : "are")} missing. {command}");
    }
}
