namespace WorkManager.Package.Tests;

/// <summary>Somebody who follows worker-service.md.</summary>
public sealed class ServiceNewcomer(PackedPackage package) : Newcomer(package, "docs/start/worker-service.md");

public sealed class WorkerService(ServiceNewcomer newcomer) : IClassFixture<ServiceNewcomer>
{
    [Fact]
    public void The_host_prints_what_the_page_prints_and_ends()
    {
        Assert.Contains($"Include=\"WorkManager.Hosting\" Version=\"{newcomer.Version}\"", newcomer.Read("Invoices/Invoices.csproj"), StringComparison.Ordinal);
        Assert.Equal(newcomer.PrintedOutput, newcomer.Output);
    }
}
