namespace WorkManager.Package.Tests;

/// <summary>The application of a team that installed the package, on a database of its own, over the years.</summary>
internal sealed class InstalledHost(InstalledHosts hosts, ScratchFolder folder, CommandLine commandLine, EfTool ef)
{
    public const string Project = "GenericHost";

    private string assembly = Project;

    public string Migrations => folder.PathOf($"{Project}/Migrations");

    /// <summary>Installs a version of the package; it takes the next build.</summary>
    public void Use(string version) => commandLine.Environment["WorkManagerVersion"] = version;

    public async Task BuildAsync()
    {
        assembly = await hosts.BuildAsync(commandLine);
        ef.BuiltAs(assembly);
    }

    public Task<(int ExitCode, string Output)> TryEfAsync(params string[] arguments) => ef.TryAsync(arguments);

    public Task<string> EfAsync(params string[] arguments) => ef.RunAsync(arguments);

    /// <summary>Adds a migration, and builds it.</summary>
    public async Task AddMigrationAsync(string name)
    {
        await EfAsync("migrations", "add", name);
        await BuildAsync();
    }

    /// <summary>An order from propose to applied.</summary>
    public async Task RunAsync()
    {
        var (exitCode, output) = await TryRunAsync();
        Assert.True(exitCode == 0 && output.Contains("applied", StringComparison.Ordinal), $"The application ended with {exitCode}:\n{output}");
    }

    public Task<(int ExitCode, string Output)> TryRunAsync() => ef.TryApplicationAsync(Program);

    public void AddProperty(string property) =>
        folder.Write("Shared/Customer.cs", folder.Read("Shared/Customer.cs").Replace(
            "    public required string Name",
            $"    public string? {property} {{ get; set; }}\n\n    public required string Name",
            StringComparison.Ordinal));

    public void Write(string path, string text) => folder.Write($"{Project}/{path}", text);

    public void Delete(string path) => File.Delete(folder.PathOf($"{Project}/{path}"));

    public string Read(string path) => folder.Read(path);

    /// <summary>A program that applies the migrations, as a deployment would run it.</summary>
    public async Task BundleAsync()
    {
        await commandLine.DotNetAsync("ef", "migrations", "bundle", "--project", Project, "--output", "bundle", "--force");
        await commandLine.BashAsync("./bundle --connection \"$SHOP_DATABASE\"\n");
    }

    /// <summary>Runs the tool, and kills it as soon as something is so.</summary>
    public async Task KillEfAsync(Func<Task<bool>> when, params string[] arguments)
    {
        using var process = commandLine.Start("dotnet", ef.Line(arguments));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (!await when())
            {
                Assert.False(process.HasExited, "The tool ended before it could be killed.");
                await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private string Program => folder.PathOf($"{Project}/bin/Debug/{Repository.TargetFramework}/{assembly}.dll");
}
