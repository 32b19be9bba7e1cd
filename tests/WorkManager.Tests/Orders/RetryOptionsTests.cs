using AwesomeAssertions;

namespace WorkManager.Tests.Orders;

/// <summary>How long to wait is the same whether it is computed for one attempt, or looked up in the list for all of them.</summary>
public sealed class RetryOptionsTests
{
    [Theory]
    [InlineData("00:01:00", "1.00:00:00", 12)]
    [InlineData("00:00:00", "1.00:00:00", 41)]
    [InlineData("00:00:00.0003", "00:00:01", 13)]
    [InlineData("01:00:00", "00:00:10", 1)]
    [InlineData("00:00:00", "00:00:00", 1)]
    [InlineData("00:00:01", "00:00:00.0004", 41)]
    public void The_list_of_waits_ends_with_the_longest(string backoff, string max, int count)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var retry = new RetryOptions { Backoff = TimeSpan.Parse(backoff, culture), MaxBackoff = TimeSpan.Parse(max, culture), Jitter = TimeSpan.Zero };

        var all = retry.Backoffs();

        all.Should().HaveCount(count);
        foreach (var attempt in Enumerable.Range(1, 60))
        {
            all[Math.Min(attempt, all.Count) - 1].Should().Be(retry.BackoffAfter(attempt)).And.Be(retry.PauseAfter(attempt));
        }
    }
}
