using System.Data.Common;
using System.Net.Sockets;
using Countries;
using Countries.Agents;
using Countries.Checking;
using Countries.CommandLine;
using Countries.Database;
using Countries.Reporting;
using Countries.Requesting;
using Countries.Reviewing;
using Countries.TimeZones;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var options = SampleOptions.Parse(args);
if (options.Message is not null)
{
    Console.WriteLine(options.Message);
    return options.ExitCode;
}

// The host: what an application of yours would have, too.
var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning)
    // In an empty PostgreSQL database the first look for the history of migrations fails, as it may. EF Core calls that an error.
    .AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
builder.Services.AddSample(options);
builder.Services.AddDbContext<AppDbContext>((services, context) => services.GetRequiredService<SampleDatabase>().Configure(context));
builder.Services.AddWorkManager(work =>
    {
        // Minutes in production. Seconds here, so that a lease runs out while you watch.
        work.Lease.Ttl = TimeSpan.FromSeconds(3);
        work.Lease.HeartbeatEvery = TimeSpan.FromSeconds(1);
        work.Retry.Backoff = TimeSpan.FromSeconds(1);
        work.Retry.Jitter = TimeSpan.Zero;
    })
    .UseDbContext<AppDbContext>()
    .AddOrderType<CountryTimeZones>()
    .AddGenerator<UnaskedCountries>();
using var host = builder.Build();

// The story.
using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
await using var scope = host.Services.CreateAsyncScope();
try
{
    return await TellAsync(limit.Token) ? 0 : 1;
}
catch (Exception failure) when (failure.GetBaseException() is DbException or SocketException or OperationCanceledException)
{
    await Console.Error.WriteLineAsync($"Stopped: {failure.GetBaseException().Message}");
    return 1;
}

async Task<bool> TellAsync(CancellationToken cancellationToken)
{
    Get<Story>().Title("WorkManager: agents bring a table of countries up to date, under review");
    Get<Story>().Say("Ada asks for the time zones of the countries, three agents look them up, and Bert decides what is applied.");
    Get<Story>().Say($"Input: two files of the time zone database. Database: {Get<SampleDatabase>().Description}.");

    await Get<CountryTable>().PrepareAsync(cancellationToken);
    await host.StartAsync(cancellationToken);
    await Get<Requester>().ProposeAsync(cancellationToken);
    var board = await Get<AgentTeam>().WorkAsync(cancellationToken);
    var lateSubmitRefused = await Get<LateAgent>().ComeBackAsync(board, cancellationToken);
    await Get<Reviewer>().ReviewAsync(cancellationToken);
    await Get<PuttingBack>().PutBackAsync(cancellationToken);
    await Get<Result>().PrintAsync(cancellationToken);
    await Get<AuditTrail>().PrintAsync(cancellationToken);
    var passed = await Get<Verification>().RunAsync(board, lateSubmitRefused, cancellationToken);
    await host.StopAsync(cancellationToken);
    return passed;
}

T Get<T>()
    where T : notnull => scope.ServiceProvider.GetRequiredService<T>();
