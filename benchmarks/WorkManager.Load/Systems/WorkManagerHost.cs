using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Load.Databases;

namespace WorkManager.Load.Systems;

/// <summary>An application that uses the library as its guide says, with everything by default.</summary>
internal sealed class WorkManagerHost : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public WorkManagerHost(LoadDatabase database, Action<WorkManagerOptions>? options = null)
    {
        var collection = new ServiceCollection();
        collection.AddDbContextPool<LoadContext>(database.Configure);
        collection.AddWorkManager(options ?? (_ => { })).UseDbContext<LoadContext>().AddOrderType<LoadWork>();
        services = collection.BuildServiceProvider();
    }

    public IWorkOrderManager Agent => As(Actor.Agent(Documents.Agent));

    public IWorkMaintenance Maintenance => services.GetRequiredService<IWorkMaintenance>();

    public IWorkOrderManager As(Actor actor) => services.GetRequiredService<IWorkOrderManagerFactory>().Create(actor);

    public async Task CreateTablesAsync()
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<LoadContext>().Database.EnsureWorkManagerCreatedAsync();
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
