using System.Reflection;
using System.Text.Json;

// Runs programs of an application one after the other in one process: `ef`, which `dotnet ef` runs with the application's assemblies, and the application
// itself. A process of its own for each would spend most of its time on the compilation of the same methods.
//
// Each line of the input is a JSON array: the path of a program's assembly, and its arguments. The only argument of this program is a word that nothing else
// writes: it ends what a program wrote, and stands before its exit code.
const int unhandledException = 134;
var end = args[0];

while (Console.In.ReadLine() is { } line)
{
    var call = JsonSerializer.Deserialize<string[]>(line)!;
    var exitCode = Run(Assembly.LoadFrom(Path.GetFullPath(call[0])), call[1..]);
    Console.Error.WriteLine($"\n{end}");
    Console.Out.WriteLine($"\n{end}{exitCode}");
}

static int Run(Assembly program, string[] arguments)
{
    // `ef` says that it is a tool. The application is not run by one.
    Type.GetType("Microsoft.EntityFrameworkCore.EF, Microsoft.EntityFrameworkCore")?.GetProperty("IsDesignTime")?.SetValue(null, false);
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
