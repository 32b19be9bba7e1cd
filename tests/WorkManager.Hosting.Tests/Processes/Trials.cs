using System.Globalization;

namespace WorkManager.Hosting.Tests.Processes;

/// <summary>How much of something is tried: little in every build, and more by hand.</summary>
internal static class Trials
{
    /// <summary>The number that an environment variable gives.</summary>
    public static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
