using AwesomeAssertions;

namespace WorkManager.Tests.Architecture;

/// <summary>Which folder of a package may use which. A new line in <see cref="Layers"/> is a decision: <c>docs/decisions</c> says why.</summary>
public abstract class FolderRules
{
    private readonly SourceTree tree;

    private protected FolderRules(SourceTree tree) => this.tree = tree;

    /// <summary>
    /// From the bottom up. A folder uses only what stands above it here. A subfolder is a folder of its own: it holds a part that its parent is built of,
    /// so the parent uses it and it never uses the parent.
    /// </summary>
    protected abstract IReadOnlyList<(string Folder, string[] MayUse)> Layers { get; }

    [Fact]
    public void Every_folder_has_its_place() =>
        Assert.Equal(Layers.Select(l => l.Folder).Order(StringComparer.Ordinal), tree.Folders.Order(StringComparer.Ordinal));

    [Fact]
    public void The_rules_allow_no_circle()
    {
        var below = new HashSet<string>();
        foreach (var (folder, mayUse) in Layers)
        {
            Assert.Subset(below, new HashSet<string>(mayUse));
            below.Add(folder);
        }
    }

    [Fact]
    public void There_is_no_circle()
    {
        var circle = Circle.Find(tree.Uses.Select(use => (use.From, use.To)));

        string.Join("; ", circle.Select(step => tree.Uses.First(use => (use.From, use.To) == step))).Should().BeEmpty();
    }

    [Fact]
    public void A_folder_uses_only_what_it_may()
    {
        var more =
            from use in tree.Uses
            where !Layers.Single(l => l.Folder == use.From).MayUse.Contains(use.To)
            select use.ToString();

        string.Join("; ", more).Should().BeEmpty();
    }

    [Fact]
    public void The_scan_knows_the_folder_of_every_type_that_was_written_by_hand()
    {
        var unknown = tree.Assembly.GetTypes().Where(t => !t.IsNested && tree.FolderOf(t) is null).Select(t => t.FullName!);

        // What compiler and generators add has a name that nobody can write, or one that begins with two underscores.
        Assert.DoesNotContain(unknown, name => !name.Contains('<') && !name.Split('.').Any(part => part.StartsWith("__", StringComparison.Ordinal)));
    }
}
