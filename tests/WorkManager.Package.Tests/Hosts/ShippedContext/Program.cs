using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop;
using WorkManager;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddDbContext<WorkManagerDbContext>(o => o.UseShopDatabase());
builder.Services.AddWorkManager().AddOrderType<Summarize>();
using var host = builder.Build();

using var scope = host.Services.CreateScope();
var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();
var order = await work.As(Actor.User("anna")).ProposeAsync(new Text("Once upon a time"));
var agent = work.As(Actor.Agent("agent-1"));
await agent.SubmitAsync((await agent.CheckoutAsync<Summarize>())!, new Summary("Once"));
var done = await work.As(Actor.User("bert")).ApproveAsync(order.Id);
Console.WriteLine(done.State == OrderState.Completed ? "applied" : $"not applied: {done.State}");
return done.State == OrderState.Completed ? 0 : 1;

public sealed record Text(string Value);

public sealed record Summary(string Value);

/// <summary>Nothing of the host's changes: the result is what was wanted.</summary>
[OrderType("text.summarize", Version = 1)]
public sealed class Summarize : OrderType<Text, Text, Summary>
{
    protected override IEnumerable<PlannedItem<Text>> Plan(Text payload) => [Item(payload)];

    protected override Task ApplyAsync(ApplyContext<Text, Text, Summary> apply, CancellationToken cancellationToken) => Task.CompletedTask;
}
