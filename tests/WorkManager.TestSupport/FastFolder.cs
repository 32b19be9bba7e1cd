using System.Diagnostics;
using System.Globalization;

namespace WorkManager.TestSupport;

/// <summary>Where the databases of the tests are: in memory, if there is room. Each test has one of its own, and nothing in it has to outlive the process.</summary>
internal static class FastFolder
{
    private const string Memory = "/dev/shm";
    private const long Enough = 4L << 30;

    /// <summary>The folder in which to make one.</summary>
    public static string Place { get; } = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= Enough ? Memory : Path.GetTempPath();

    /// <summary>Makes a folder that is gone with this process, or, if that was killed, with the next one that makes such a folder.</summary>
    public static DirectoryInfo Create(string name)
    {
        foreach (var left in Directory.GetDirectories(Place, $"{name}-*").Where(f => !IsInUse(f)))
        {
            try
            {
                Directory.Delete(left, recursive: true);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // It is another user's, or another process deletes it.
            }
        }

        var folder = Directory.CreateDirectory(Path.Combine(Place, string.Create(CultureInfo.InvariantCulture, $"{name}-{Environment.ProcessId}")));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        return folder;
    }

    private static bool IsInUse(string folder)
    {
        if (!int.TryParse(folder[(folder.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture, out var id))
        {
            // It is not one of these.
            return true;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return id != Environment.ProcessId;
        }
        catch (ArgumentException)
        {
            // There is no such process any more.
            return false;
        }
    }
}
