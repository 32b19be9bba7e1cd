using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WorkManager.Hosting.Tests.Words;

namespace WorkManager.Hosting.Tests.DependencyInjection;

/// <summary>How workers are registered, and what is refused.</summary>
public sealed class RegistrationTests
{
    private readonly HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

    [Fact]
    public void A_handler_of_another_order_type_is_refused_when_it_is_registered()
    {
        var registering = () => Work().AddWorker<Uppercase, OfSomethingElse>();

        registering.Should().Throw<ArgumentException>().WithMessage("OfSomethingElse cannot work on Uppercase*IWorkHandler<Word, Loud>*");
    }

    [Fact]
    public void Two_workers_of_an_order_type_need_names()
    {
        var work = Work().AddWorker<Uppercase, ScriptedHandler>();

        work.Invoking(w => w.AddWorker<Uppercase, ScriptedHandler>()).Should().Throw<InvalidOperationException>().WithMessage("*words.uppercase*");
        work.Invoking(w => w.AddWorker<Uppercase, ScriptedHandler>("slow")).Should().NotThrow();
    }

    [Fact]
    public void Options_belong_to_one_worker()
    {
        Work().AddWorker<Uppercase, ScriptedHandler>(worker => worker.Concurrency = 3).AddWorker<Uppercase, ScriptedHandler>("slow");
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptionsMonitor<WorkerOptions>>();

        options.Get("words.uppercase").Concurrency.Should().Be(3);
        options.Get("slow").Concurrency.Should().Be(10);
    }

    [Fact]
    public void Options_come_from_the_configuration()
    {
        builder.Configuration.AddInMemoryCollection([new("Workers:Upper:Concurrency", "7"), new("Workers:Upper:Timeout", "00:00:09")]);
        Work().AddWorker<Uppercase, ScriptedHandler>(builder.Configuration.GetSection("Workers:Upper"));
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptionsMonitor<WorkerOptions>>().Get("words.uppercase");

        (options.Concurrency, options.Timeout, options.MaxRepairs).Should().Be((7, TimeSpan.FromSeconds(9), 2));
    }

    [Fact]
    public async Task An_option_that_does_not_exist_is_told_at_the_start()
    {
        builder.Configuration.AddInMemoryCollection([new("Upper:Concurency", "7")]);
        Work().AddWorker<Uppercase, ScriptedHandler>(builder.Configuration.GetSection("Upper"));
        using var host = builder.Build();

        (await host.Invoking(h => h.StartAsync()).Should().ThrowAsync<InvalidOperationException>()).WithMessage("*Concurency*");
    }

    [Fact]
    public async Task Options_that_are_out_of_range_are_told_at_the_start()
    {
        Work().AddWorker<Uppercase, ScriptedHandler>(worker => worker.Concurrency = 0);
        using var host = builder.Build();

        (await host.Invoking(h => h.StartAsync()).Should().ThrowAsync<OptionsValidationException>()).WithMessage("*Concurrency*");
    }

    [Fact]
    public async Task A_host_without_tables_does_not_start_and_says_which_command_to_run()
    {
        await using var database = await new SqliteFixture().CreateAsync(DatabaseTemplate.Empty);
        Work(database.Configure).AddWorker<Uppercase, ScriptedHandler>();
        builder.Services.AddSingleton<Script>();
        using var host = builder.Build();

        (await host.Invoking(h => h.StartAsync()).Should().ThrowAsync<WorkManagerSchemaException>()).WithMessage("*dotnet ef database update*");
    }

    private IWorkManagerBuilder Work(Action<DbContextOptionsBuilder>? database = null)
    {
        builder.Services.AddDbContext<WorkManagerDbContext>(database ?? (o => o.UseSqlite("Data Source=:memory:")));
        return builder.Services.AddWorkManager();
    }

    private sealed class OfSomethingElse : IWorkHandler<Word, Words.Words>
    {
        public Task<WorkResult<Words.Words>> HandleAsync(WorkContext<Word> work, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
