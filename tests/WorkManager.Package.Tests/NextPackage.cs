namespace WorkManager.Package.Tests;

/// <summary>A later version of the package, which brings a second migration: a nullable column and an index.</summary>
/// <remarks>Made from a copy of the sources, so that the library needs nothing for it.</remarks>
internal static class NextPackage
{
    public const string Migration = "00000000000002_WorkManager_Second";

    private const string Orders = "src/WorkManager/Orders/WorkOrder.cs";
    private const string OrderColumns = "src/WorkManager/Orders/WorkOrderConfiguration.cs";
    private const string Migrations = "src/WorkManager/Persistence/Migrations";

    public static async Task PackAsync(string feed, string version)
    {
        using var folder = new ScratchFolder();
        folder.CopyBuildPolicy();
        folder.CopyFrom(Path.Combine(Repository.Root, "src/WorkManager"), "src/WorkManager");

        Insert(
            folder, Orders, before: "    /// <summary>The order that this one",
            "    /// <summary>A remark.</summary>\n    public string? Remark { get; internal set; }\n\n");
        Insert(
            folder, OrderColumns, before: "        builder.Ignore(",
            "        builder.Property(o => o.Remark).OptionalText(\"remark\", 100);\n        builder.HasIndex(o => o.Remark, \"work_orders_remark_idx\");\n");
        folder.Write($"{Migrations}/{Migration}.cs", Second);

        // The target model is the first one's, and the column.
        var model = Assert.Single(folder.Find("*_Initial.Designer.cs", Migrations));
        folder.Write(
            $"{Migrations}/{Migration}.Designer.cs", folder.Read(model).Replace("partial class Initial", "partial class Second", StringComparison.Ordinal));
        Insert(
            folder, $"{Migrations}/{Migration}.Designer.cs", before: "                b.Property<string>(\"RequestedById\")",
            "                b.Property<string>(\"Remark\").HasMaxLength(100).HasColumnName(\"remark\");\n"
            + "                b.HasIndex([\"Remark\"], \"work_orders_remark_idx\");\n\n");

        await folder.CommandLine().DotNetAsync(
            "pack", "src/WorkManager", "-c", "Debug", "-o", feed, $"-p:PackageVersion={version}", "-p:RunAnalyzers=false", "-p:NuGetAudit=false");
    }

    private static void Insert(ScratchFolder folder, string file, string before, string text)
    {
        var source = folder.Read(file);
        Assert.Contains(before, source, StringComparison.Ordinal);
        var at = source.IndexOf(before, StringComparison.Ordinal);
        folder.Write(file, source[..at] + text + source[at..]);
    }

    private const string Second = $$"""
        using Microsoft.EntityFrameworkCore.Migrations;

        namespace WorkManager.Persistence.Migrations;

        [Migration("{{Migration}}")]
        internal sealed partial class Second : WorkManagerMigration
        {
            protected override void Up(MigrationBuilder migrationBuilder)
            {
                migrationBuilder.AddColumn<string>(name: "remark", schema: Schema, table: "work_orders", maxLength: 100, nullable: true);
                migrationBuilder.CreateIndex(name: "work_orders_remark_idx", schema: Schema, table: "work_orders", column: "remark");
            }

            protected override void Down(MigrationBuilder migrationBuilder)
            {
                migrationBuilder.DropIndex(name: "work_orders_remark_idx", schema: Schema, table: "work_orders");
                migrationBuilder.DropColumn(name: "remark", schema: Schema, table: "work_orders");
            }
        }
        """;
}
