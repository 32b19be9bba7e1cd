// A host with workers in it. Start it as often as you like: the processes share the work.
//
//   dotnet run                                  works, until you stop it
//   dotnet run -- --add 2000                    makes the tables, adds 2,000 articles, and proposes that their words are counted
//   dotnet run -- --report                      says how far the work has come
//
// With --postgres "Host=…" each of them is on PostgreSQL, and otherwise on SQLite, in a file beside the program.

using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Newsroom.Articles;
using Newsroom.Running;
using OpenTelemetry.Metrics;
using WorkManager;

var builder = WebApplication.CreateBuilder(args);
// Only this machine may ask for its health.
builder.WebHost.UseUrls(builder.Configuration["urls"] ?? "http://127.0.0.1:0");

builder.AddDatabase();
builder.Services.Configure<NewsOptions>(builder.Configuration.GetSection("News"));
builder.Services.AddWorkManager(options => builder.Configuration.GetSection("WorkManager").Bind(options))
    .UseDbContext<NewsContext>()
    .AddWorker<WordCounts, CountWords>(builder.Configuration.GetSection("Workers:WordCounts"))
    .AddMaintenance(every => builder.Configuration.GetSection("Maintenance").Bind(every))
    .AddQueueMetrics();
builder.Services.AddHealthChecks().AddWorkManager();

if (builder.Configuration.GetValue<bool>("metrics"))
{
    builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddWorkManagerInstrumentation().AddConsoleExporter());
}

var app = builder.Build();
app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });

if (builder.Configuration.GetValue<int?>("add") is { } count)
{
    await Newsdesk.AddAsync(app.Services, count);
    return 0;
}

if (args.Contains("--report"))
{
    return await Newsdesk.ReportAsync(app.Services);
}

await app.RunAsync();
return 0;
