using System.Reflection;
using System.Text.Json;

// Runs programs of applications one after the other in one process: `ef`, which `dotnet ef` runs with an application's assemblies, and the application
// itself. A process of its own for each would spend most of its time on the compilation of the same methods.
//
// Each line of the input is a call as JSON. The first argument of this program is a word that nothing else writes: it ends what a program wrote, and stands
// before its exit code. Further arguments are not for this program.
const int unhandledException = 134;
var end = args[0];

while (Console.In.ReadLine() is { } line)
{
    var call = JsonSerializer.Deserialize<Call>(line)!;
    foreach (var (name, value) in call.Environment)
    {
        Environment.SetEnvironmentVariable(name, value);
    }

    Environment.CurrentDirectory = call.Folder;
    var exitCode = Run(Assembly.LoadFrom(Path.GetFullPath(call.Program)), call.Arguments);
    Console.Error.WriteLine($"\n{end}");
    Console.Out.WriteLine($"\n{end}{exitCode}");
}

static int Run(Assembly program, string[] arguments)
{
    // `ef` says that it is a tool. The application is not run by one.
    Type.GetType("Microsoft.EntityFrameworkCore.EF, Microsoft.EntityFrameworkCore")?.GetProperty("IsDesignTime")?.SetValue(null, false);
    ForgetServices();
    Environment.ExitCode = 0;
    try
    {
        return program.EntryPoint!.Invoke(null, [arguments]) is int exitCode ? exitCode : Environment.ExitCode;
    }
    catch (TargetInvocationException unhandled)
    {
        Console.Error.WriteLine($"Unhandled exception. {unhandled.InnerException}");
        return unhandledException;
    }
}

// EF Core keeps what it builds for different options, and refuses to go on in a process that has too many of them. A new process would have none.
static void ForgetServices()
{
    const BindingFlags any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
    var type = Type.GetType("Microsoft.EntityFrameworkCore.Internal.ServiceProviderCache, Microsoft.EntityFrameworkCore");
    var kept = type?.GetField("_configurations", any)!.GetValue(type.GetProperty("Instance", any)!.GetValue(null));
    kept?.GetType().GetMethod("Clear")!.Invoke(kept, null);
}

/// <param name="Program">The path of the program's assembly.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Folder">Where it runs.</param>
/// <param name="Environment">What it finds in the environment.</param>
internal sealed record Call(string Program, string[] Arguments, string Folder, Dictionary<string, string> Environment);
