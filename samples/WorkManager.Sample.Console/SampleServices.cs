using Countries.Agents;
using Countries.Checking;
using Countries.CommandLine;
using Countries.Database;
using Countries.Reporting;
using Countries.Requesting;
using Countries.Reviewing;
using Countries.TimeZones;
using Microsoft.Extensions.DependencyInjection;
using WorkManager;

namespace Countries;

/// <summary>The sample's own classes, a folder after the other.</summary>
internal static class SampleServices
{
    public static IServiceCollection AddSample(this IServiceCollection services, SampleOptions options) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton(new SampleDatabase(options.Postgres))
        .AddScoped<CountryTable>()
        .AddSingleton<TzData>()
        .AddSingleton<SampleRun>()
        .AddScoped<Requester>()
        .AddHostedService<LeaseReclaimer>()
        .AddScoped<AgentTeam>()
        .AddScoped<LateAgent>()
        .AddScoped<Reviewer>()
        .AddScoped<PuttingBack>()
        .AddScoped<IAfterCommitHandler<ZonesChanged>, ZonesChangedHandler>()
        .AddSingleton<Story>()
        .AddScoped<Result>()
        .AddScoped<AuditTrail>()
        .AddScoped<Verification>();
}
