using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Persistence.Migrations;

namespace WorkManager.Persistence.HostModel;

/// <summary>The host's migrations with the shipped ones before them.</summary>
/// <remarks>Snapshot and assembly stay the host's: <c>dotnet ef migrations add</c> never sees a difference in our tables.</remarks>
internal sealed class WorkManagerMigrationsAssembly : IMigrationsAssembly
{
    private readonly IMigrationsAssembly host;
    private readonly ICurrentDbContext current;
    private readonly WorkManagerOptionsExtension extension;
    private IReadOnlyDictionary<string, TypeInfo>? migrations;

    public WorkManagerMigrationsAssembly(IServiceProvider services, ICurrentDbContext current, IDbContextOptions options)
    {
        // EF Core's own implementation finds the host's migrations. This is the only use of EF Core's internals.
#pragma warning disable EF1001
        host = ActivatorUtilities.CreateInstance<Microsoft.EntityFrameworkCore.Migrations.Internal.MigrationsAssembly>(services);
#pragma warning restore EF1001
        this.current = current;
        extension = options.FindExtension<WorkManagerOptionsExtension>()!;
    }

    public IReadOnlyDictionary<string, TypeInfo> Migrations => migrations ??= Merge();

    public ModelSnapshot? ModelSnapshot => host.ModelSnapshot;

    public Assembly Assembly => host.Assembly;

    /// <remarks>
    /// Going to an earlier one of ours would revert every migration of the host's, and is never what is meant. The last one is what
    /// removing the host's first migration goes back to.
    /// </remarks>
    public string? FindMigrationId(string nameOrId) =>
        string.Equals(nameOrId, ShippedModel.LastMigration, StringComparison.OrdinalIgnoreCase) ? ShippedModel.LastMigration : host.FindMigrationId(nameOrId);

    public Migration CreateMigration(TypeInfo migrationClass, string activeProvider)
    {
        if (migrationClass is not ShippedMigrationType shipped)
        {
            return host.CreateMigration(migrationClass, activeProvider);
        }

        var migration = shipped.Create();
        migration.ActiveProvider = activeProvider;
        migration.AllowSchemaRemoval = extension.AllowSchemaRemoval;
        migration.Schema = extension.Schema ?? current.Context.GetService<IDesignTimeModel>().Model.GetDefaultSchema();
        return migration;
    }

    /// <summary>EF Core 11 adds this member to the interface. Without it, a host that runs on EF Core 11 could not create its context.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "An interface member from EF 11 on.")]
    public void AddMigrations(Assembly additionalMigrationsAssembly) =>
        throw new NotSupportedException("WorkManager does not support further migration assemblies with this version of EF Core.");

    private SortedList<string, TypeInfo> Merge()
    {
        var merged = new SortedList<string, TypeInfo>(StringComparer.Ordinal);
        foreach (var (id, type) in ShippedMigrationType.All(ScaffoldingNamespace()))
        {
            merged.Add(id, type);
        }

        foreach (var (id, type) in host.Migrations)
        {
            merged[id] = type;
        }

        return merged;
    }

    /// <summary>
    /// Where the tool is to put the host's first migration: it asks the last migration it knows, which is ours.
    /// The root namespace is on the tool's own command line; a program that scaffolds by itself gets the assembly's name.
    /// </summary>
    private string ScaffoldingNamespace()
    {
        var arguments = Environment.GetCommandLineArgs();
        var index = Array.IndexOf(arguments, "--root-namespace");
        var root = index >= 0 && index + 1 < arguments.Length ? arguments[index + 1] : host.Assembly.GetName().Name;
        return root + ".Migrations";
    }

    /// <summary>A shipped migration that says it lives in the host's namespace.</summary>
    private sealed class ShippedMigrationType(Type type, string hostNamespace) : TypeDelegator(type)
    {
        public override string Namespace => hostNamespace;

        public static IEnumerable<(string Id, TypeInfo Type)> All(string hostNamespace) =>
            from type in typeof(WorkManagerMigration).Assembly.GetTypes()
            where type.IsSubclassOf(typeof(WorkManagerMigration))
            select (type.GetCustomAttribute<MigrationAttribute>()!.Id, (TypeInfo)new ShippedMigrationType(type, hostNamespace));

        public WorkManagerMigration Create() => (WorkManagerMigration)Activator.CreateInstance(typeImpl, nonPublic: true)!;
    }
}
