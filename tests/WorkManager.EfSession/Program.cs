using System.Reflection;
using System.Text.Json;

// `dotnet ef` asks MSBuild about an application, and then runs the program `ef` with the application's assemblies. This runs that program's entry point
// once for each line of the input, which holds the arguments: a process of its own for each command would spend most of its time on the compilation
// of the same methods.
//
// The first argument is the path of `ef`, the second a word that nothing else writes: it ends the output of a command, and stands before its exit code.
var ef = Assembly.LoadFrom(args[0]).EntryPoint!;
var end = args[1];

while (Console.In.ReadLine() is { } line)
{
    var exitCode = ef.Invoke(null, [JsonSerializer.Deserialize<string[]>(line)]);
    Console.Error.WriteLine($"\n{end}");
    Console.Out.WriteLine($"\n{end}{exitCode}");
}
