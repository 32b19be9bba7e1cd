using System.Reflection;
using System.Text.RegularExpressions;
using ArchUnitNET.Loader;
using Type = System.Type;

namespace WorkManager.Tests.Architecture;

/// <summary>One folder of a package using another: what uses it, and what it uses.</summary>
public sealed record FolderUse(string From, string To, string User, string Used)
{
    public override string ToString() => $"{From} → {To}: {User} uses {Used}";
}

/// <summary>
/// The folders of a package and how they use each other. Namespaces do not tell: all public types share one. So the folder of a type is the one
/// that its file lies in; uses are what the compiler wrote into the assembly, and what it leaves no trace of there: using directives and constants.
/// </summary>
internal sealed partial class SourceTree
{
    public const string Root = "(root)";

    private const StringSplitOptions Trimmed = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private readonly IReadOnlyList<(string Folder, string Path, string Text)> files;

    private SourceTree(Assembly assembly)
    {
        Assembly = assembly;
        Source = $"src/{Name}";
        files = [.. RepositoryFiles.Find(Source, "*.cs").Select(path => (FolderOf(path), path, RepositoryFiles.Read(path)))];
        Loaded = new ArchLoader().LoadAssembly(assembly).Build();
        Folders = [.. files.Select(f => f.Folder).Distinct()];
        FolderOfType = FindTypes();
        Uses = [.. UsesInAssembly().Concat(UsingDirectives()).Concat(Constants()).Distinct()];
    }

    public static SourceTree Library { get; } = new(typeof(WorkOrder).Assembly);

    public static SourceTree Hosting { get; } = new(typeof(WorkerOptions).Assembly);

    public static IReadOnlyList<SourceTree> All { get; } = [Library, Hosting];

    public Assembly Assembly { get; }

    /// <summary>The name of the package, its project and its first namespace.</summary>
    public string Name => Assembly.GetName().Name!;

    public string Source { get; }

    /// <summary>What the compiler wrote into the assembly.</summary>
    public ArchUnitNET.Domain.Architecture Loaded { get; }

    public IReadOnlyList<string> Folders { get; }

    /// <summary>The folder of each top-level type, by full name as reflection gives it.</summary>
    public IReadOnlyDictionary<string, string> FolderOfType { get; }

    public IReadOnlyList<FolderUse> Uses { get; }

    public override string ToString() => Name;

    public string? FolderOf(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return FolderOfType.GetValueOrDefault(type.FullName!);
    }

    /// <summary>The top-level type that a type is written in, which may be a lambda's or an asynchronous method's.</summary>
    public static string Outermost(string fullName) => fullName.Split('+', '<')[0];

    private string FolderOf(string path)
    {
        var folder = Path.GetDirectoryName(path[(Source.Length + 1)..])!.Replace('\\', '/');
        return folder.Length == 0 ? Root : folder;
    }

    /// <summary>The top-level types that a file declares, as written.</summary>
    public static IEnumerable<(string Name, string[] Parameters)> TypesIn(string text) =>
        from Match declared in Declaration().Matches(text)
        select (declared.Groups["name"].Value, declared.Groups["parameters"].Value.Split(',', Trimmed));

    private Dictionary<string, string> FindTypes()
    {
        var found = new Dictionary<string, string>();
        foreach (var (folder, path, text) in files)
        {
            var space = Namespace().Match(text).Groups[1].Value;
            foreach (var type in TypesIn(text))
            {
                var arity = type.Parameters.Length == 0 ? "" : $"`{type.Parameters.Length}";
                var name = $"{space}.{type.Name}{arity}";
                Assert.True(found.TryAdd(name, folder) || found[name] == folder, $"{name} of {path} is declared in {found[name]}, too.");
            }
        }

        return found;
    }

    private IEnumerable<FolderUse> UsesInAssembly() =>
        from type in Loaded.Types
        from dependency in type.Dependencies
        let user = Outermost(type.FullName)
        let used = Outermost(dependency.Target.FullName)
        where FolderOfType.ContainsKey(user) && FolderOfType.ContainsKey(used)
        let use = new FolderUse(FolderOfType[user], FolderOfType[used], user, used)
        where use.From != use.To
        select use;

    private IEnumerable<FolderUse> UsingDirectives() =>
        from file in files
        from Match directive in UsingDirective().Matches(file.Text)
        where directive.Groups[1].Value.StartsWith($"{Name}.", StringComparison.Ordinal)
        let to = directive.Groups[1].Value[(Name.Length + 1)..].Replace('.', '/')
        where to != file.Folder && Folders.Contains(to)
        select new FolderUse(file.Folder, to, file.Path, directive.Value.Trim());

    /// <summary>The compiler puts a constant's value in the place of its name, and a member of an enum is one.</summary>
    private IEnumerable<FolderUse> Constants()
    {
        var folders =
            (from type in Assembly.GetTypes()
             where !type.IsNested && FolderOf(type) is not null
             from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
             where field.IsLiteral
             select (Name: $"{type.Name}.{field.Name}", Folder: FolderOf(type)!)).ToLookup(c => c.Name, c => c.Folder);
        return
            from file in files
            from Match named in Member().Matches(Comment().Replace(file.Text, ""))
            from to in folders[named.Value]
            where to != file.Folder
            select new FolderUse(file.Folder, to, file.Path, named.Value);
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    // Namespaces are file-scoped, so what stands at the start of a line is no nested type.
    [GeneratedRegex(
        @"^(?:(?:public|internal|file|static|sealed|abstract|readonly|ref|unsafe|partial) )*"
        + @"(?:class|record class|record struct|record|struct|interface|enum|delegate [^(]+?) (?<name>\w+)(?:<(?<parameters>[^>]*)>)?[\s(:{;]",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^using (?:static |\w+ = )?(WorkManager\.[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();

    [GeneratedRegex(@"\b[A-Z]\w*\.[A-Z]\w*\b")]
    private static partial Regex Member();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
