namespace WorkManager.Package.Tests;

/// <summary>A new console project of somebody who installed the package: an own context, an own table and one that refers to work orders.</summary>
internal sealed class ShopProject : IDisposable
{
    /// <summary>Not the assembly's name: the tool has to find out.</summary>
    public const string RootNamespace = "Acme.Shop";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workmanager-shop-");
    private readonly CommandLine commandLine;

    public ShopProject(PackedPackage package, TestDatabase database)
    {
        commandLine = new(folder.FullName) { Environment = { ["SHOP_DATABASE"] = database.ConnectionString } };
        var (provider, use) = database.Provider switch
        {
            Provider.Sqlite => ("Microsoft.EntityFrameworkCore.Sqlite", "UseSqlite"),
            _ => ("Npgsql.EntityFrameworkCore.PostgreSQL", "UseNpgsql"),
        };

        // Nothing of a folder above it counts.
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        Write("nuget.config", $"""<configuration><packageSources><add key="packed" value="{package.Feed}" /></packageSources></configuration>""");
        Write(".config/dotnet-tools.json", File.ReadAllText(Path.Combine(Repository.Root, ".config/dotnet-tools.json")));
        Write("shop-console.csproj", Project(package.Version, provider));
        Write("ShopContext.cs", Context);
        Write("Program.cs", Program(use));
    }

    public string Migrations => Path.Combine(folder.FullName, "Migrations");

    public async Task RestoreToolsAsync() => await commandLine.DotNetAsync("tool", "restore");

    public async Task BuildAsync() => await commandLine.DotNetAsync("build", "-v", "quiet", "-p:NuGetAudit=false");

    /// <summary>Runs the tool on what was built last.</summary>
    public Task<string> EfAsync(params string[] arguments) => commandLine.DotNetAsync(["ef", .. arguments, "--no-build"]);

    public string Read(string path) => File.ReadAllText(Path.Combine(folder.FullName, path));

    public void Dispose() => folder.Delete(recursive: true);

    private void Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(folder.FullName, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    private static string Project(string version, string provider) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>{Repository.TargetFramework}</TargetFramework>
            <RootNamespace>{RootNamespace}</RootNamespace>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="WorkManager" Version="{version}" />
            <PackageReference Include="{provider}" Version="{Repository.VersionOf(provider)}" />
            <PackageReference Include="Microsoft.EntityFrameworkCore.Design" Version="{Repository.EFCoreVersion}" PrivateAssets="all" />
          </ItemGroup>
        </Project>
        """;

    private const string Context = $$"""
        using Microsoft.EntityFrameworkCore;
        using WorkManager;

        namespace {{RootNamespace}};

        public class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
        {
            public DbSet<Customer> Customers => Set<Customer>();

            public DbSet<Request> Requests => Set<Request>();

            protected override void OnModelCreating(ModelBuilder modelBuilder)
            {
                modelBuilder.Entity<Customer>().ToTable("customers");
                modelBuilder.Entity<Request>().ToTable("requests");
            }
        }

        public class Customer
        {
            public int Id { get; set; }

            public required string Name { get; set; }
        }

        public class Request
        {
            public int Id { get; set; }

            public required Customer Customer { get; set; }

            public required WorkOrder Order { get; set; }
        }
        """;

    // How the tool gets at the context.
    private static string Program(string use) => $$"""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.EntityFrameworkCore.Design;
        using {{RootNamespace}};

        await using var context = new ShopContextFactory().CreateDbContext(args);
        Console.WriteLine(await context.Requests.CountAsync(r => r.Order.State == WorkManager.OrderState.Queued));

        public class ShopContextFactory : IDesignTimeDbContextFactory<ShopContext>
        {
            public ShopContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<ShopContext>()
                .{{use}}(Environment.GetEnvironmentVariable("SHOP_DATABASE"))
                .UseWorkManager()
                .Options);
        }
        """;
}
