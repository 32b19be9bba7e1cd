namespace WorkManager.Package.Tests;

/// <summary>A context of a host: the options that the tool needs for it.</summary>
internal sealed record HostContext(string? Name = null, string Migrations = "Migrations")
{
    public string[] Arguments => Name is null ? [] : ["--context", Name];
}

/// <summary>Where a host's part of the matrix is not a plain yes, and what the command says instead.</summary>
internal sealed record Limit(string Text, string Shows);

/// <summary>One way of writing an application: a folder of the same name under <c>Hosts</c>.</summary>
internal sealed record HostKind(string Name, string What)
{
    public string Program { get; init; } = $"{Name}/bin/Debug/{Repository.TargetFramework}/{Name}.dll";

    /// <summary>The project that holds the migrations, and the one that is run.</summary>
    public (string Project, string Startup) Projects { get; init; } = (Name, Name);

    public IReadOnlyList<HostContext> Contexts { get; init; } = [new()];

    /// <summary>Whether the context can have migrations of its own.</summary>
    public bool AddsMigrations { get; init; } = true;

    public bool CompilesItsModel { get; init; }

    /// <summary>Whether the tool sees the shipped migrations.</summary>
    public bool Ships { get; init; } = true;

    /// <summary>Whether our tables are made by the host's own migrations.</summary>
    public bool OwnsOurTables { get; init; }

    /// <summary>Of the project that holds the migrations.</summary>
    public string RootNamespace { get; init; } = Name;

    /// <summary>The schema of our tables on PostgreSQL.</summary>
    public string Schema { get; init; } = "public";

    /// <summary>Whether it runs on the framework of web applications.</summary>
    public bool IsWeb { get; init; }

    /// <summary>Whether its project is an ordinary one: nothing that the tool asks MSBuild about is different from the first of them but the name.</summary>
    public bool IsOrdinary => Projects == (Name, Name) && RootNamespace == Name && !IsWeb;

    public IReadOnlyDictionary<string, Limit> Limits { get; init; } = new Dictionary<string, Limit>();

    public override string ToString() => Name;
}

/// <summary>Every host there is.</summary>
internal static class HostKinds
{
    private static readonly Limit NotOurs = new("Its factory does not call `UseWorkManager()`: the tool knows the host's migrations only. Call it there.", "");

    public static IReadOnlyList<HostKind> All { get; } =
    [
        new("GenericHost", "generic host"),
        new("WebHost", "web application, WorkManager registered before the context") { IsWeb = true },
        new("DesignTimeFactory", "`IDesignTimeDbContextFactory` with `UseWorkManager()`"),
        new("ForgetfulFactory", "`IDesignTimeDbContextFactory` without `UseWorkManager()`")
        {
            Ships = false,
            Limits = new Dictionary<string, Limit>
            {
                ["list"] = NotOurs with { Shows = "_First" },
                ["script"] = NotOurs,
                ["update"] = NotOurs with { Shows = "_First" },
                ["order"] = new("The program finds that WorkManager's tables are missing, and says what to do. Nothing is lost.", "UseWorkManager()"),
                ["down"] = NotOurs with { Shows = "Reverting migration" },
            },
        },
        new("MigrationsElsewhere", "`MigrationsAssembly` is another project")
        {
            Projects = ("MigrationsElsewhere/Migrations", "MigrationsElsewhere/App"),
            RootNamespace = "MigrationsElsewhere.Migrations",
            Program = $"MigrationsElsewhere/App/bin/Debug/{Repository.TargetFramework}/MigrationsElsewhere.dll",
        },
        new("OtherNamespace", "root namespace and assembly are named differently") 
        {
            Program = $"OtherNamespace/bin/Debug/{Repository.TargetFramework}/shop-console.dll",
            RootNamespace = "Acme.Shop",
        },
        new("Pool", "`AddDbContextPool`"),
        new("Factory", "`AddDbContextFactory`"),
        new("CompiledModel", "compiled model") { CompilesItsModel = true },
        new("SeveralContexts", "two contexts, one database") { Contexts = [new("ShopContext"), new("ReportContext", "ReportMigrations")] },
        new("SnakeCase", "snake_case naming convention"),
        new("Opinionated", "query filters, interceptors and a model loop on everything"),
        new("Retries", "retrying execution strategy"),
        new("ForeignKey", "foreign key and navigation to `work_orders`"),
        new("IdentityAndOpenIddict", "ASP.NET Core Identity and OpenIddict"),
        new("HistoryElsewhere", "migrations history under another name and in another schema"),
        new("HostOwned", "`MigrationOwnership.Host`")
        {
            Ships = false,
            OwnsOurTables = true,
            Limits = new Dictionary<string, Limit>
            {
                ["down"] = new("The migrations are the host's own, and so is what their `Down` drops: the shipped refusal is not in them.", "Done."),
            },
        },
        new("OwnSchema", "schema by option") { Schema = "work" },
        new("DefaultSchema", "`HasDefaultSchema`") { Schema = "shop" },
        new("ShippedContext", "no context of its own: `WorkManagerDbContext`") { Contexts = [new("WorkManagerDbContext")], AddsMigrations = false },
    ];
}

/// <summary>All hosts, built for one provider against the packed package, each with a first migration that the tool added.</summary>
public abstract class BuiltHosts(PackedPackage package, EfPrograms programs, Provider provider) : IAsyncLifetime
{
    private readonly ScratchFolder folder = new();
    private readonly Dictionary<string, Exception> failures = [];
    private readonly Dictionary<HostKind, EfTool> tools = [];
    private readonly SharedEfSession ofOrdinaryHosts = new();

    public async ValueTask InitializeAsync()
    {
        if (provider == Provider.PostgreSql && PostgreSqlServer.Unavailable is not null)
        {
            // The tests say so, one by one.
            return;
        }

        folder.CopyHosts(package);
        folder.Write("Hosts.slnx", $"<Solution>{string.Concat(folder.Find("*.csproj").Select(p => $"<Project Path=\"{p}\" />"))}</Solution>");
        await folder.CommandLine().DotNetAsync("tool", "restore");
        await BuildAsync();
        foreach (var host in HostKinds.All)
        {
            await PrepareAsync(host);
        }

        ofOrdinaryHosts.Forget();
        await BuildAsync("--no-restore");
    }

    public ValueTask DisposeAsync()
    {
        ofOrdinaryHosts.Dispose();
        folder.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Throws what went wrong when the tool prepared a host.</summary>
    internal void EnsurePrepared(HostKind host)
    {
        if (failures.TryGetValue(host.Name, out var failure))
        {
            throw new InvalidOperationException($"The first migration of {host} could not be added.", failure);
        }
    }

    internal string ReadMigration(HostKind host, HostContext context) =>
        File.ReadAllText(Assert.Single(folder.Find("*_First.cs", $"{host.Projects.Project}/{context.Migrations}").Select(folder.PathOf)));

    internal string PathOf(string path) => folder.PathOf(path);

    internal CommandLine CommandLine(TestDatabase? database = null) => folder.HostCommandLine(provider, package.Version, database);

    /// <summary>The tool for a host and a database, after the host was prepared and built.</summary>
    internal EfTool Ef(HostKind host, CommandLine commandLine) => tools[host].With(commandLine);

    private async Task BuildAsync(params string[] options) => await CommandLine().BuildAsync(["Hosts.slnx", .. options]);

    private async Task PrepareAsync(HostKind host)
    {
        try
        {
            var first = HostKinds.All[0];
            using var ef = tools[host] = host.IsOrdinary && tools.TryGetValue(first, out var asked)
                ? asked.Like(host.Name)
                : new(CommandLine(), host.Projects.Project, host.Projects.Startup, programs, host.IsOrdinary ? ofOrdinaryHosts : null);
            foreach (var context in host.AddsMigrations ? host.Contexts : [])
            {
                await ef.RunAsync(["migrations", "add", "First", "--output-dir", context.Migrations, .. context.Arguments]);
                if (host.CompilesItsModel)
                {
                    await ef.RunAsync("dbcontext", "optimize");
                }
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            failures[host.Name] = failure;
        }
    }
}

public sealed class HostsOnSqlite(PackedPackage package, EfPrograms programs) : BuiltHosts(package, programs, Provider.Sqlite);

public sealed class HostsOnPostgreSql(PackedPackage package, EfPrograms programs) : BuiltHosts(package, programs, Provider.PostgreSql);
