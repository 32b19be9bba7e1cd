using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Utilities;

/// <summary>
/// Ends the output of `dotnet test` with `persistence: N × sqlite, N × postgres`, summed over all test programs. The numbers
/// come from WorkManager.TestSupport.PersistenceCounter, which counts the runner's results in each test program and fails the
/// run when they are not as they must be; here they are only printed.
/// </summary>
public sealed class PrintPersistenceCountAtExit : Task
{
    public string CountFile { get; set; }

    public override bool Execute()
    {
        // What an earlier run left is not a result of this one.
        File.Delete(CountFile);

        // One handler for all test programs. A static field will not do: MSBuild may load this class once a project.
        const string key = "WorkManager.PersistenceCountFiles";
        var files = (List<string>)AppDomain.CurrentDomain.GetData(key);
        if (files == null)
        {
            files = new List<string>();
            AppDomain.CurrentDomain.SetData(key, files);
            AppDomain.CurrentDomain.ProcessExit += (sender, e) => Print(files);
        }

        files.Add(CountFile);
        return true;
    }

    // A count file is one line: passed on SQLite, passed on PostgreSQL, skipped.
    private static void Print(IEnumerable<string> files)
    {
        var counts = files.Where(File.Exists).Select(file => File.ReadAllText(file).Split(' ').Select(int.Parse).ToArray()).ToList();
        if (counts.Count == 0)
        {
            return;
        }

        int sqlite = counts.Sum(count => count[0]), postgres = counts.Sum(count => count[1]), skipped = counts.Sum(count => count[2]);
        Console.Out.WriteLine($"persistence: {sqlite} × sqlite, {postgres} × postgres" + (skipped == 0 ? "" : $", {skipped} skipped"));
        Console.Out.Flush();
    }
}
