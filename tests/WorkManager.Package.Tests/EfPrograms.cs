[assembly: AssemblyFixture(typeof(WorkManager.Package.Tests.EfPrograms))]

namespace WorkManager.Package.Tests;

/// <summary>
/// What <c>dotnet ef</c> runs for each application. The tool asks MSBuild, which takes most of the time of a command. It is asked once: neither the folder of
/// the application nor the database that it is built for changes the answer.
/// </summary>
public sealed class EfPrograms : IDisposable
{
    private const string AnyFolder = "{folder}";

    private readonly Dictionary<string, EfProgram> known = [];
    private readonly SemaphoreSlim turn = new(1);

    public void Dispose() => turn.Dispose();

    /// <param name="startupProject">The project that is run.</param>
    /// <param name="folder">Where the application is.</param>
    /// <param name="ask">Asks the tool; null if it failed before it ran the program.</param>
    internal async Task<EfProgram?> FindAsync(string startupProject, string folder, Func<Task<EfProgram?>> ask)
    {
        await turn.WaitAsync();
        try
        {
            if (known.TryGetValue(startupProject, out var program))
            {
                return program.Renamed(AnyFolder, folder);
            }

            if (await ask() is not { } asked)
            {
                return null;
            }

            known.Add(startupProject, asked.Renamed(folder, AnyFolder));
            return asked;
        }
        finally
        {
            turn.Release();
        }
    }
}
