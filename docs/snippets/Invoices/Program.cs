#region service-registration
using Invoices;
using Microsoft.EntityFrameworkCore;
using WorkManager;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddDbContext<InvoiceContext>(o => o.UseSqlite("Data Source=invoices.db"));
builder.Services.AddWorkManager()
    .UseDbContext<InvoiceContext>()
    .AddWorker<ReadTotals, TotalReader>(builder.Configuration.GetSection("Workers:Totals"))
    .AddMaintenance();
builder.Services.AddHostedService<Worker>();

var host = builder.Build();
host.Run();
#endregion
