using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WorkManager.OrderTypes;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.DependencyInjection;

public abstract class RegistrationSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task Registering_twice_does_no_harm_and_settings_add_up()
    {
        await using var app = await ShopApp.StartAsync(databases, b =>
        {
            b.Services.AddWorkManager(o => o.Limits.MaxItemsPerOrder = 2).UseDbContext<ShopContext>().AddOrderType<Echo>();
            b.Services.AddWorkManager();
        });

        var options = app.Services.GetRequiredService<IOptions<WorkManagerOptions>>().Value;
        (options.Limits.MaxItemsPerOrder, options.Lease.Ttl).Should().Be((2, TimeSpan.FromSeconds(120)));
        (await app.Reviewer.ApproveAsync((await app.SubmittedEchoAsync()).Id)).State.Should().Be(OrderState.Completed);
        app.Services.GetServices<IWorkOrderManagerFactory>().Should().ContainSingle();
    }

    [Fact]
    public async Task Without_UseDbContext_it_works_on_the_shipped_context()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        var services = new ServiceCollection();
        services.AddDbContext<WorkManagerDbContext>(database.Configure);
        services.AddWorkManager().AddOrderType<HostlessEcho>();
        await using var provider = services.BuildServiceProvider();
        var work = provider.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.Agent("agent-1"));

        await work.ProposeAsync(new EchoPayload("hello"));

        (await work.CheckoutAsync<HostlessEcho>())!.Input<EchoPayload>().Message.Should().Be("hello");
    }

    [Fact]
    public async Task Whoever_is_the_default_actor_of_a_scope_acts()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.Services.AddScoped(_ => new Principal("ada")));
        await using var signedIn = await ShopApp.StartAsync(
            databases, b => b.UseDefaultActor(s => Actor.User(s.GetRequiredService<Principal>().Name)).Services.AddScoped(_ => new Principal("ada")));

        (await ProposeAsync(app)).Should().Be((ActorType.System, "application"));
        (await ProposeAsync(signedIn)).Should().Be((ActorType.User, "ada"));

        static async Task<(ActorType?, string?)> ProposeAsync(ShopApp app)
        {
            await using var scope = app.NewScope();
            var order = await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().ProposeAsync(new EchoPayload("a"));
            return (order.RequestedByType, order.RequestedById);
        }
    }

    [Fact]
    public async Task A_host_without_any_context_is_told_which_call_is_missing()
    {
        var services = new ServiceCollection();
        services.AddWorkManager().AddOrderType<HostlessEcho>();
        await using var provider = services.BuildServiceProvider();

        var propose = () => provider.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.User("x")).ProposeAsync(new EchoPayload("a"));

        (await propose.Should().ThrowExactlyAsync<InvalidOperationException>()).WithMessage("*UseDbContext<TContext>()*AddDbContext<WorkManagerDbContext>*");
    }

    [Fact]
    public async Task A_host_that_forgot_AddDbContext_is_told_so()
    {
        var services = new ServiceCollection();
        services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<HostlessEcho>();
        await using var provider = services.BuildServiceProvider();

        var propose = () => provider.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.User("x")).ProposeAsync(new EchoPayload("a"));

        (await propose.Should().ThrowExactlyAsync<InvalidOperationException>()).WithMessage("*AddDbContext<ShopContext>*");
    }

    [Fact]
    public void One_context_a_container_owns_the_tables()
    {
        var builder = new ServiceCollection().AddWorkManager().UseDbContext<ShopContext>();

        FluentActions.Invoking(() => builder.UseDbContext<OtherContext>()).Should().ThrowExactly<InvalidOperationException>().WithMessage("*ShopContext*");
    }

    [Fact]
    public void Two_order_types_with_one_key_are_refused_by_name()
    {
        var services = new ServiceCollection();
        services.AddWorkManager().AddOrderType<HostlessEcho>().AddOrderType<SameKey>();
        using var provider = services.BuildServiceProvider();

        FluentActions.Invoking(() => provider.GetRequiredService<IWorkOrderManagerFactory>()).Should().ThrowExactly<OptionsValidationException>()
            .WithMessage("*'test.echo'*HostlessEcho*SameKey*");
    }

    [Fact]
    public void An_order_type_needs_a_key_and_a_version()
    {
        var builder = new ServiceCollection().AddWorkManager();

        FluentActions.Invoking(() => builder.AddOrderType<NoAttribute>())
            .Should().ThrowExactly<InvalidOperationException>().WithMessage("*NoAttribute*[OrderType(*");
        FluentActions.Invoking(() => builder.AddOrderType<BlankKey>()).Should().ThrowExactly<InvalidOperationException>().WithMessage("*BlankKey*1 to 120*");
        FluentActions.Invoking(() => builder.AddOrderType<NoVersion>())
            .Should().ThrowExactly<InvalidOperationException>().WithMessage("*NoVersion*at least 1*");
    }

    [Fact]
    public async Task A_payload_that_several_order_types_share_is_proposed_by_key()
    {
        await using var app = await ShopApp.StartAsync(databases, b => b.AddOrderType<OtherEcho>());

        var typed = () => app.ProposeEchoAsync();
        (await typed.Should().ThrowExactlyAsync<OrderTypeAmbiguousException>()).WithMessage("*test.echo*test.other*");
        (await app.Requester.ProposeAsync("test.other", System.Text.Json.JsonElement.Parse("""{"message":"a"}"""))).Type.Should().Be("test.other");
    }

    public static TheoryData<string, Action<WorkManagerOptions>> BadOptions => new()
    {
        { "Ttl", o => o.Lease.Ttl = TimeSpan.Zero },
        { "Ttl", o => o.Lease.Ttl = TimeSpan.FromDays(2) },
        { "HeartbeatEvery", o => o.Lease.HeartbeatEvery = TimeSpan.FromMilliseconds(1) },
        { "HeartbeatEvery", o => o.Lease.Ttl = o.Lease.HeartbeatEvery },
        { "Lease", o => o.Lease = null! },
        { "Retry", o => o.Retry = null! },
        { "Limits", o => o.Limits = null! },
        { "Json", o => o.Json = null! },
        { "DefaultMaxAttempts", o => o.Retry.DefaultMaxAttempts = 0 },
        { "Backoff", o => o.Retry.Backoff = TimeSpan.FromSeconds(-1) },
        { "Jitter", o => o.Retry.Jitter = TimeSpan.FromDays(2) },
        { "MaxBackoff", o => o.Retry.MaxBackoff = TimeSpan.FromDays(31) },
        { "MaxItemsPerOrder", o => o.Limits.MaxItemsPerOrder = 0 },
        { "MaxPayloadBytes", o => o.Limits.MaxPayloadBytes = 0 },
        { "Clock", o => o.Clock = (ClockSource)7 },
        { "MaxTtl", o => o.Lease.MaxTtl = TimeSpan.FromDays(8) },
        { "MaxTtl", o => o.Lease.MaxTtl = TimeSpan.FromMinutes(9) },
        { "IgnoreReadOnlyProperties", o => o.Json.IgnoreReadOnlyProperties = true },
        { "Populate", o => o.Json.PreferredObjectCreationHandling = System.Text.Json.Serialization.JsonObjectCreationHandling.Populate },
        { "MaxDepth", o => o.Json.MaxDepth = 257 },
        { "ReferenceHandler", o => o.Json.ReferenceHandler = System.Text.Json.Serialization.ReferenceHandler.Preserve },
        { "ReferenceHandler", o => o.Json.ReferenceHandler = System.Text.Json.Serialization.ReferenceHandler.IgnoreCycles },
        { "WriteAsString", o => o.Json.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.WriteAsString },
    };

    public static TheoryData<string, Action<IWorkManagerBuilder>> BadTypes => new()
    {
        { "no service is registered for Principal, which its constructor takes as principal", b => b.AddOrderType<NeedsPrincipal>() },
        { "it has no public constructor", b => b.AddOrderType<Hidden>() },
        { "longer than Lease.MaxTtl, which is 1.00:00:00", b => b.AddOrderType<VerySlow>() },
        { "Shape is abstract, so it cannot be read from JSON", b => b.AddOrderType<OfAbstract>() },
        { "TwoWays cannot be read from JSON: it needs a public constructor", b => b.AddOrderType<OfTwoWays>() },
        { "the parameter other of its constructor has no property", b => b.AddOrderType<OfUnbound>() },
    };

    [Theory, MemberData(nameof(BadTypes), DisableDiscoveryEnumeration = true)]
    public void An_order_type_that_cannot_work_is_refused_when_the_application_starts(string message, Action<IWorkManagerBuilder> add)
    {
        var services = new ServiceCollection();
        add(services.AddWorkManager());
        using var provider = services.BuildServiceProvider();

        FluentActions.Invoking(() => provider.GetRequiredService<IStartupValidator>().Validate()).Should().ThrowExactly<OptionsValidationException>()
            .WithMessage($"*{message}*");
    }

    [Fact]
    public void An_order_type_that_the_application_makes_itself_is_not_looked_at()
    {
        var services = new ServiceCollection();
        services.AddWorkManager().AddOrderType<NeedsPrincipal>().AddOrderType<Hidden>();
        services.AddScoped(_ => new NeedsPrincipal(new Principal("ada")));
        services.AddScoped(_ => Hidden.Create());
        using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IStartupValidator>().Validate();
    }

    [Theory]
    [InlineData(typeof(Spaced))]
    [InlineData(typeof(WithNul))]
    [InlineData(typeof(WithHalf))]
    [InlineData(typeof(TooLong))]
    public void A_key_has_letters_digits_and_a_few_signs(Type type) => FluentActions.Invoking(() => OrderTypeDescriptor.Of(type))
        .Should().ThrowExactly<InvalidOperationException>().WithMessage($"*{type.Name}*1 to 120*");

    [Theory, MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public void An_option_out_of_range_is_refused_by_name(string name, Action<WorkManagerOptions> spoil)
    {
        var services = new ServiceCollection();
        services.AddWorkManager(spoil);
        using var provider = services.BuildServiceProvider();

        FluentActions.Invoking(() => provider.GetRequiredService<IOptions<WorkManagerOptions>>().Value).Should().ThrowExactly<OptionsValidationException>()
            .WithMessage($"*{name}*");
        FluentActions.Invoking(() => provider.GetRequiredService<IStartupValidator>().Validate()).Should().ThrowExactly<OptionsValidationException>();
    }

    public sealed record Principal(string Name);

    public sealed class OtherContext(DbContextOptions<OtherContext> options) : DbContext(options);

    public abstract class EchoBase : OrderType<EchoPayload, EchoResult>
    {
        protected override Task ApplyAsync(ApplyContext<EchoPayload, EchoPayload, EchoResult> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [OrderType("test.echo")]
    public sealed class HostlessEcho : EchoBase;

    [OrderType("test.echo")]
    public sealed class SameKey : EchoBase;

    [OrderType("test.other")]
    public sealed class OtherEcho : EchoBase;

    public sealed class NoAttribute : EchoBase;

    [OrderType(" ")]
    public sealed class BlankKey : EchoBase;

    [OrderType("test spaced")]
    public sealed class Spaced : EchoBase;

    [OrderType("test.\0")]
    public sealed class WithNul : EchoBase;

    [OrderType("test.\ud800")]
    public sealed class WithHalf : EchoBase;

    [OrderType("test.30characters.30characters.30characters.30characters.30characters.30characters.30characters.30characters.30characters")]
    public sealed class TooLong : EchoBase;

    [OrderType("test.principal")]
    public sealed class NeedsPrincipal(Principal principal) : EchoBase
    {
        public string Name => principal.Name;
    }

    [OrderType("test.hidden")]
    public sealed class Hidden : EchoBase
    {
        private Hidden()
        {
        }

        public static Hidden Create() => new();
    }

    [OrderType("test.slow", LeaseSeconds = 86_401)]
    public sealed class VerySlow : EchoBase;

    public abstract record Shape;

    public sealed class TwoWays
    {
        public TwoWays(int one) => One = one;

        public TwoWays(string one) => One = one.Length;

        public int One { get; }
    }

    public sealed class Unbound(int other)
    {
        public int One { get; set; } = other;
    }

    [OrderType("test.abstract")]
    public sealed class OfAbstract : Of<Shape>;

    [OrderType("test.ways")]
    public sealed class OfTwoWays : Of<TwoWays>;

    [OrderType("test.unbound")]
    public sealed class OfUnbound : Of<Unbound>;

    public abstract class Of<T> : OrderType<T, EchoResult>
        where T : class
    {
        protected override Task ApplyAsync(ApplyContext<T, T, EchoResult> apply, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [OrderType("test.none", Version = 0)]
    public sealed class NoVersion : EchoBase;
}

public sealed class RegistrationOnSqlite(SqliteFixture databases) : RegistrationSpecification(databases), IOnSqlite;

public sealed class RegistrationOnPostgreSql(PostgreSqlFixture databases) : RegistrationSpecification(databases), IOnPostgreSql;
