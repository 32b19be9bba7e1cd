using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Tests.Architecture;

/// <summary>What users of the package see, and what they must not.</summary>
public sealed class SurfaceRules
{
    private static readonly Type[] Types =
    [
        .. from tree in SourceTree.All
           from type in tree.Assembly.GetTypes()
           where tree.FolderOf(type) is not null && !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.Name.Contains('<')
           select type,
    ];

    /// <summary>Types that are open to derivation, and why.</summary>
    private static readonly Dictionary<string, string> Open = new()
    {
        ["WorkManagerException"] = "Edge packages and hosts may catch them all, and add codes of their own.",
        ["OneInterface`1"] = "DispatchProxy derives from it at run time.",
    };

    [Fact]
    public void Public_types_are_in_one_namespace_and_extensions_where_users_look_for_them()
    {
        string[] extensions =
        [
            "Microsoft.EntityFrameworkCore.WorkManagerDatabaseFacadeExtensions",
            "Microsoft.EntityFrameworkCore.WorkManagerDbContextOptionsBuilderExtensions",
            "Microsoft.EntityFrameworkCore.WorkManagerEntityTypeBuilderExtensions",
            "Microsoft.EntityFrameworkCore.WorkManagerPropertyBuilderExtensions",
            "Microsoft.Extensions.DependencyInjection.WorkManagerBuilderExtensions",
            "Microsoft.Extensions.DependencyInjection.WorkManagerHealthChecksBuilderExtensions",
            "Microsoft.Extensions.DependencyInjection.WorkManagerHostingBuilderExtensions",
            "Microsoft.Extensions.DependencyInjection.WorkManagerOpenTelemetryExtensions",
            "Microsoft.Extensions.DependencyInjection.WorkManagerServiceCollectionExtensions",
        ];

        var elsewhere = SourceTree.All.SelectMany(tree => tree.Assembly.GetExportedTypes()).Where(t => t.Namespace != "WorkManager").Select(t => t.FullName!);

        Assert.Equal(extensions, elsewhere.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Classes_are_sealed_unless_derivation_is_their_purpose() =>
        Assert.Empty(Types.Where(t => t.IsClass && !t.IsSealed && !t.IsAbstract && !Open.ContainsKey(t.Name)).Select(t => t.FullName));

    [Fact]
    public void Entities_are_written_by_the_engine_only()
    {
        var entities = Types.Where(t => t.IsPublic && t.IsDefined(typeof(EntityTypeConfigurationAttribute))).ToList();

        Assert.Contains(typeof(WorkOrder), entities);
        Assert.All(entities, entity =>
        {
            Assert.Empty(entity.GetConstructors());
            Assert.Empty(entity.GetProperties().Where(p => p.SetMethod is { IsPublic: true }).Select(p => p.Name));
            Assert.Empty(entity.GetFields(BindingFlags.Public | BindingFlags.Instance).Select(f => f.Name));
        });
    }

    [Fact]
    public void A_verb_is_an_internal_class_in_a_folder_of_its_kind()
    {
        var verbs = Types
            .Where(t => t is { IsClass: true, IsGenericType: false })
            .Where(t => t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IVerb<,>)))
            .ToList();

        Assert.NotEmpty(verbs);
        Assert.All(verbs, verb =>
        {
            Assert.True(verb is { IsSealed: true, IsNotPublic: true }, verb.FullName);
            Assert.Contains(SourceTree.Library.FolderOf(verb), (string[])["Proposing", "Leasing", "Submitting", "Reviewing", "Applying", "Operating"]);
        });
    }

    /// <summary>What the other packages do, everybody can do.</summary>
    [Fact]
    public void Only_tests_and_benchmarks_see_what_is_internal()
    {
        var friends =
            from tree in SourceTree.All
            from friend in XDocument.Parse(RepositoryFiles.Read($"{tree.Source}/{tree.Name}.csproj")).Descendants("InternalsVisibleTo")
            select friend.Attribute("Include")!.Value;

        Assert.All(friends, friend => Assert.Matches(@"\.(Tests|Benchmarks)$", friend));
    }

    [Fact]
    public void The_library_brings_no_database_provider()
    {
        string[] carried =
        [
            "Microsoft.EntityFrameworkCore", "Microsoft.EntityFrameworkCore.Relational",
            "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Options",
        ];
        var project = XDocument.Parse(RepositoryFiles.Read("src/WorkManager/WorkManager.csproj"));

        var packages = project.Descendants("PackageReference").Where(p => p.Attribute("PrivateAssets") is null).Select(p => p.Attribute("Include")!.Value);
        Assert.Equal(carried, packages.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(SourceTree.Library.Assembly.GetReferencedAssemblies(), a => Regex.IsMatch(a.Name!, "Npgsql|Sqlite", RegexOptions.IgnoreCase));
    }
}
