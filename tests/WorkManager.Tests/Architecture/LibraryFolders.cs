using AwesomeAssertions;

namespace WorkManager.Tests.Architecture;

/// <summary>The folders of the library.</summary>
public sealed class LibraryFolders() : FolderRules(SourceTree.Library)
{
    private static readonly string[] Domain = ["Errors", "Orders", "OrderTypes", "OrderTypes/Json", "Changes"];

    private static readonly string[] Kernel = ["Diagnostics", "Auditing", "Persistence", "Execution", "Reversals", "Selecting"];

    private static readonly string[] Verbs = ["Proposing", "Leasing", "Submitting", "Reviewing", "Applying", "Operating"];

    // Providers is an exception: its subfolders are built of what all databases share.
    protected override IReadOnlyList<(string Folder, string[] MayUse)> Layers { get; } =
    [
        ("Errors", []),
        ("Orders", ["Errors"]),
        ("OrderTypes/Json", ["Errors"]),
        // What an apply changes, as somebody reviews it.
        ("Changes", ["Errors", "Orders", "OrderTypes/Json"]),
        ("OrderTypes/Validation", ["Errors", "OrderTypes/Json"]),
        ("OrderTypes", ["Errors", "Orders", "OrderTypes/Json", "OrderTypes/Validation"]),
        ("Diagnostics", ["Errors", "Orders"]),
        ("Auditing", ["Errors", "Orders"]),
        // What the schema is on each provider, for the migrations and for the model.
        ("Persistence/Schema", ["Orders"]),
        ("Persistence/Migrations", ["Orders", "Persistence/Schema"]),
        ("Persistence/HostModel", ["Errors", "Orders", "Persistence/Schema", "Persistence/Migrations"]),
        ("Persistence", ["Orders", "Persistence/Schema", "Persistence/HostModel"]),
        ("Execution", ["Errors", "Orders", "Diagnostics", "Auditing", "Persistence/Schema", "Persistence/HostModel", "Persistence"]),
        // What an apply has changed, kept and put back.
        ("Reversals", [.. Domain, "Execution"]),
        // What an operator does to many orders, whichever verb does it to one of them.
        ("Selecting", [.. Domain, "Execution"]),
        .. Verbs.Select(verb => (verb, (string[])[.. Domain, .. Kernel])),
        // Shared by every door. No verb either: it reads what verbs wrote.
        ("Reading", [.. Domain, "Diagnostics", "Persistence", "Execution"]),
        // The facade and the options that gather those of its parts.
        (SourceTree.Root, [.. Domain, .. Kernel, .. Verbs, "Reading"]),
        // Adapters of the kernel's and the verbs' SQL interfaces.
        ("Providers", [.. Domain, .. Kernel, .. Verbs, "Reading"]),
        ("Providers/Sqlite", [.. Domain, .. Kernel, .. Verbs, "Reading", "Providers"]),
        ("Providers/PostgreSql", [.. Domain, .. Kernel, .. Verbs, "Reading", "Providers"]),
        (
            "DependencyInjection",
            [
                .. Domain, .. Kernel, .. Verbs, "Reading", SourceTree.Root, "Providers", "Providers/Sqlite", "Providers/PostgreSql",
                "Persistence/Schema", "Persistence/HostModel",
            ]
        ),
    ];

    /// <summary>A line that nothing needs any more would let in what nobody decided on.</summary>
    [Fact]
    public void Who_may_use_a_part_of_a_folder_uses_it()
    {
        var unused =
            from layer in Layers
            from part in layer.MayUse
            where part.Contains('/') && !Domain.Contains(part) && !SourceTree.Library.Uses.Any(use => use.From == layer.Folder && use.To == part)
            select $"{layer.Folder} → {part}";

        Assert.Empty(unused);
    }

    [Fact]
    public void Verbs_never_use_each_other() =>
        Assert.Empty(SourceTree.Library.Uses.Where(use => Verbs.Contains(use.From) && Verbs.Contains(use.To)).Select(use => use.ToString()));

    [Fact]
    public void Only_the_registration_knows_the_providers() => Assert.Empty(
        from use in SourceTree.Library.Uses
        where TopOf(use.To) == "Providers" && TopOf(use.From) is not ("Providers" or "DependencyInjection")
        select use.ToString());

    [Fact]
    public void Providers_never_use_each_other() => Assert.Empty(
        from use in SourceTree.Library.Uses
        where TopOf(use.From) == "Providers" && use.To.StartsWith("Providers/", StringComparison.Ordinal)
        select use.ToString());

    [Fact]
    public void Nothing_below_the_facade_refers_to_it() =>
        Assert.Empty(SourceTree.Library.Uses.Where(use => use.To == SourceTree.Root && use.From != "DependencyInjection").Select(use => use.ToString()));

    /// <summary>A scan that has gone blind would find every rule kept. It must see into asynchronous methods and lambdas, and see constants, too.</summary>
    [Theory]
    [InlineData("Leasing", "Diagnostics", "WorkManager.Leasing.CheckoutItems", "WorkManager.Diagnostics.Telemetry")]
    [InlineData("Applying", "Auditing", "WorkManager.Applying.ApproveOrder", "WorkManager.Auditing.Lifecycle")]
    [InlineData("Submitting", "Execution", "WorkManager.Submitting.ResultStoring", "WorkManager.Execution.UnitOfWork")]
    [InlineData("Providers/Sqlite", "Leasing", "WorkManager.Providers.Sqlite.SqliteLeasingSql", "WorkManager.Leasing.Claim")]
    [InlineData("OrderTypes", "OrderTypes/Json", "WorkManager.OrderTypes.JsonDocuments", "WorkManager.OrderTypes.Json.CanonicalJson")]
    [InlineData("OrderTypes/Json", "Errors", "src/WorkManager/OrderTypes/Json/StorableText.cs", "using WorkManager.Errors")]
    [InlineData("OrderTypes/Json", "Errors", "src/WorkManager/OrderTypes/Json/StorableText.cs", "ValidationCodes.InvalidCharacter")]
    public void The_scan_sees_uses_that_are_there(string from, string to, string user, string used) =>
        Assert.Contains(new FolderUse(from, to, user, used), SourceTree.Library.Uses);

    private static string TopOf(string folder) => folder.Split('/')[0];
}
