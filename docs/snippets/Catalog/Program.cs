#region registration
using Catalog;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WorkManager;

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning); // EF Core would print every statement
builder.Services.AddDbContext<AppDbContext>(o => o.UseSqlite("Data Source=catalog.db"));
builder.Services.AddWorkManager()
    .UseDbContext<AppDbContext>()          // tables, migrations and operations join your context
    .AddOrderType<DescribeProducts>();
using var host = builder.Build();
#endregion

#region seed
await using var scope = host.Services.CreateAsyncScope();
var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
var lamp = new Product { Name = "Desk lamp" };
db.Products.Add(lamp);
await db.SaveChangesAsync();
#endregion

#region propose
var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();

var requester = work.As(Actor.User("anna"));
WorkOrder order = await requester.ProposeAsync(
    new DescriptionRequest([new ProductToDescribe(lamp.Id, lamp.Name)]), new ProposeOptions { Priority = 50 });
Console.WriteLine($"Proposed {order.Type}: {order.State}, {order.ItemsTotal} item");
#endregion

#region work
var agent = work.As(Actor.Agent("writer-1", model: "some-model", onBehalfOf: Actor.User("anna")));
while (await agent.CheckoutAsync<DescribeProducts>() is { } lease)
{
    var product = lease.Input<ProductToDescribe>();
    try
    {
        await agent.SubmitAsync(lease, new ProductDescription("A lamp for your table"));
    }
    catch (WorkValidationException refused)
    {
        // The lease is still ours: correct the result and submit again.
        Console.WriteLine($"Refused: {refused.Errors[0].Field}: {refused.Errors[0].Message}");
        await agent.SubmitAsync(lease, new ProductDescription($"{product.Name} with a warm light and a heavy foot."));
    }
}
#endregion

#region review
var reviewer = work.As(Actor.User("bert"));
WorkOrder submitted = await reviewer.GetAsync(order.Id);
foreach (var item in submitted.Items)
{
    Console.WriteLine($"{item.SubmittedById} suggests: {item.ReadResult<ProductDescription>()!.Text}");
}

WorkOrder done = await reviewer.ApproveAsync(order.Id);
await db.Entry(lamp).ReloadAsync();
Console.WriteLine($"The order is {done.State}, and the lamp: {lamp.Description}");
#endregion

#region audit
var events = scope.ServiceProvider.GetRequiredService<IWorkEventRepository>();
foreach (var entry in (await events.ListByOrderAsync(order.Id)).Items)
{
    Console.WriteLine($"{entry.Event,-12} {entry.ActorType,-7} {entry.ActorId,-12} {entry.Message}".TrimEnd());
}
#endregion
