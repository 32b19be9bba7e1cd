using System.Net;
using System.Text.Json;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Applying;
using WorkManager.Execution;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Tests.Applying;

/// <summary>What the audit tells of a host's own model, however it is built. Nothing here depends on the database.</summary>
public sealed class HostChangesTellWhatIsTracked
{
    [Fact]
    public async Task Complex_values_are_told_and_nothing_that_is_hard_to_tell_fails_the_save()
    {
        var options = new DbContextOptionsBuilder<Network>();
        options.UseSqlite("Data Source=:memory:").UseWorkManager().AmongManyKinds();
        await using var db = new Network(options.Options);
        await db.Database.OpenConnectionAsync();
        await db.Database.EnsureCreatedAsync();
        db.Add(new Device { Id = 1, Place = new Place { Room = "A1" }, Load = double.NaN, Address = IPAddress.Loopback });
        await db.SaveChangesAsync();

        using var apply = ApplyScope.Enter(db);
        using var changes = new HostChanges(new HostUnit(null!, db, null!, apply), JsonSerializerOptions.Strict);
        var device = await db.Set<Device>().SingleAsync();
        device.Place.Room = "B2";
        device.Address = IPAddress.Any;
        await db.SaveChangesAsync();
        device.Place.Room = "C3";
        await db.SaveChangesAsync();

        var diff = changes.ToDiff();
        var (before, after) = (diff.Before["devices:1"]!, diff.After["devices:1"]!);
        (before["room"]!.GetValue<string>(), after["room"]!.GetValue<string>()).Should().Be(("A1", "C3"));
        (before["Address"]!.GetValue<string>(), after["Address"]!.GetValue<string>()).Should().Be(("127.0.0.1", "0.0.0.0"));

        db.Remove(device);
        await db.SaveChangesAsync();
        changes.ToDiff().After.ContainsKey("devices:1").Should().BeFalse();
    }

    [Fact]
    public async Task Values_that_are_stored_as_JSON_are_told()
    {
        var options = new DbContextOptionsBuilder<Network>();
        options.UseSqlite("Data Source=:memory:").UseWorkManager().AmongManyKinds();
        await using var db = new Network(options.Options);
        await db.Database.OpenConnectionAsync();
        await db.Database.EnsureCreatedAsync();
        db.Add(new Router { Id = 1, Ports = [new Port { Number = 80 }, new Port { Number = 443 }], Owner = new Owner { Name = "Ada" } });
        await db.SaveChangesAsync();

        using var apply = ApplyScope.Enter(db);
        using var changes = new HostChanges(new HostUnit(null!, db, null!, apply), JsonSerializerOptions.Web);
        var router = await db.Set<Router>().SingleAsync();
        router.Ports[1].Number = 8443;
        await db.SaveChangesAsync();
        router.Owner.Name = "Bob";
        await db.SaveChangesAsync();

        var diff = changes.ToDiff();
        diff.Before["routers:1"]!.ToJsonString().Should().Be("""{"Ports":[{"number":80},{"number":443}],"Owner.Name":"Ada"}""");
        diff.After["routers:1"]!.ToJsonString().Should().Be("""{"Ports":[{"number":80},{"number":8443}],"Owner.Name":"Bob"}""");
    }

    [Fact]
    public async Task Rows_whose_keys_differ_by_less_than_a_second_or_only_in_their_bytes_are_told_apart()
    {
        var options = new DbContextOptionsBuilder<Network>();
        options.UseSqlite("Data Source=:memory:").UseWorkManager().AmongManyKinds();
        await using var db = new Network(options.Options);
        await db.Database.OpenConnectionAsync();
        await db.Database.EnsureCreatedAsync();
        var at = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
        db.AddRange(
            new Reading { At = at, Sensor = [1], Value = 1 }, new Reading { At = at.AddTicks(1), Sensor = [1], Value = 2 },
            new Reading { At = at, Sensor = [2], Value = 3 });
        await db.SaveChangesAsync();

        using var apply = ApplyScope.Enter(db);
        using var changes = new HostChanges(new HostUnit(null!, db, null!, apply), JsonSerializerOptions.Strict);
        foreach (var reading in await db.Set<Reading>().ToListAsync())
        {
            reading.Value *= 10;
        }

        await db.SaveChangesAsync();

        changes.ToDiff().After.Select(row => $"{row.Key} {row.Value!["Value"]}").Should().BeEquivalentTo(
            """readings:["2026-03-01T12:00:00.0000000Z","AQ=="] 10""", """readings:["2026-03-01T12:00:00.0000001Z","AQ=="] 20""",
            """readings:["2026-03-01T12:00:00.0000000Z","Ag=="] 30""");
    }

    private sealed class Network(DbContextOptions<Network> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Reading>(reading =>
        {
            reading.ToTable("readings").HasKey(r => new { r.At, r.Sensor });
            reading.Property(r => r.At).HasConversion(at => at.Ticks, ticks => new DateTime(ticks, DateTimeKind.Utc));
        }).Entity<Router>(router =>
        {
            router.ToTable("routers").Property(r => r.Id).ValueGeneratedNever();
            router.ComplexCollection(r => r.Ports, ports => ports.ToJson());
            router.ComplexProperty(r => r.Owner, owner => owner.ToJson());
        }).Entity<Device>(device =>
        {
            device.ToTable("devices");
            device.Property(d => d.Id).ValueGeneratedNever();
            device.Property(d => d.Load).HasConversion(
                l => l.ToString(System.Globalization.CultureInfo.InvariantCulture), t => double.Parse(t, System.Globalization.CultureInfo.InvariantCulture));
            device.ComplexProperty(d => d.Place, place => place.Property(p => p.Room).HasColumnName("room"));
        });
    }

    private sealed class Device
    {
        public int Id { get; set; }

        public double Load { get; set; }

        public IPAddress Address { get; set; } = IPAddress.None;

        public Place Place { get; set; } = new();
    }

    private sealed class Router
    {
        public int Id { get; set; }

        public List<Port> Ports { get; set; } = [];

        public Owner Owner { get; set; } = new();
    }

    private sealed class Port
    {
        public int Number { get; set; }
    }

    private sealed class Owner
    {
        public string Name { get; set; } = "";
    }

    private sealed class Reading
    {
        public DateTime At { get; set; }

        public byte[] Sensor { get; set; } = [];

        public int Value { get; set; }
    }

    private sealed class Place
    {
        public string Room { get; set; } = "";
    }
}
