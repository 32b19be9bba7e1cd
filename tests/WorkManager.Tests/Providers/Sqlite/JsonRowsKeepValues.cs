using AwesomeAssertions;
using WorkManager.Providers.Sqlite;

namespace WorkManager.Tests.Providers.Sqlite;

/// <summary>What is written as JSON for SQLite. That it arrives is promised with the tables and statements that use it.</summary>
public sealed class JsonRowsKeepValues
{
    [Fact]
    public void Values_are_written_as_the_provider_stores_them()
    {
        object?[] row =
        [
            null, "a\"b\\😀", true, false, short.MinValue, int.MaxValue, long.MaxValue, new Guid("0a1b2c3d-4e5f-6789-abcd-ef0123456789"),
            new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc), new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc).AddTicks(10),
        ];

        JsonRows.Write(2, [.. row.Select((_, i) => $"c{i}")], (_, column) => row[column]).Replace("\\uD83D\\uDE00", "😀", StringComparison.Ordinal).Should().Be(
            """
            [r,r]
            """.Replace("r", """
            [null,"a\"b\\😀",1,0,-32768,2147483647,9223372036854775807,"0A1B2C3D-4E5F-6789-ABCD-EF0123456789","2026-03-01 12:00:00","2026-03-01 12:00:00.000001"]
            """, StringComparison.Ordinal));
    }

    public static TheoryData<object> Refused =>
    [
        1.5, 1.5m, 1.5f, (byte)1, 1ul, 'c', new byte[] { 1 }, DateTimeOffset.UnixEpoch, TimeSpan.Zero, DayOfWeek.Friday,
        DateTime.UnixEpoch.ToLocalTime(), "\0",
    ];

    [Theory, MemberData(nameof(Refused))]
    public void A_value_that_would_become_another_is_refused_by_the_name_of_its_column(object value) =>
        FluentActions.Invoking(() => JsonRows.Write(1, ["first", "second"], (_, column) => column == 0 ? 1 : value))
            .Should().Throw<NotSupportedException>().WithMessage("*second*");
}
