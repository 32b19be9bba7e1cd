using AwesomeAssertions;
using Microsoft.Extensions.Time.Testing;
using WorkManager.Hosting.Timing;

namespace WorkManager.Hosting.Tests.Timing;

/// <summary>How long is waited while something fails.</summary>
public sealed class OutageTests
{
    private readonly FakeTimeProvider time = new();

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(20, 4)]
    [InlineData(120, 24)]
    [InlineData(3600, 60)]
    public void It_waits_a_fifth_of_the_time_that_it_fails_up_to_a_minute(int failsForSeconds, double waitsSeconds)
    {
        var outage = new Outage(time);
        outage.Fail();
        time.Advance(TimeSpan.FromSeconds(failsForSeconds));

        outage.Fail().TotalSeconds.Should().BeInRange(waitsSeconds * 0.8, waitsSeconds * 1.2);
    }

    [Fact]
    public void After_its_end_it_begins_anew()
    {
        var outage = new Outage(time);
        outage.Fail();
        time.Advance(TimeSpan.FromHours(1));
        outage.Fail();

        outage.End().Should().Be(2);
        outage.End().Should().Be(0);
        outage.Fail().TotalSeconds.Should().BeLessThan(1);
    }
}
