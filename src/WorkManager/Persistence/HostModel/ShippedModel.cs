using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Migrations;
using WorkManager.Persistence.Schema;

namespace WorkManager.Persistence.HostModel;

/// <summary>The entities of this package, and what their configurations say of them.</summary>
internal static class ShippedModel
{
    public const string VersionAnnotation = "WorkManager:Version";

    private static readonly Lazy<IReadOnlyModel> Pinned = new(Build);

    /// <summary>The id of the last shipped migration: it names the version of the schema, and of the model.</summary>
    public static string LastMigration { get; } =
        typeof(ShippedModel).Assembly.GetTypes().Select(t => t.GetCustomAttribute<MigrationAttribute>()?.Id).Max(StringComparer.Ordinal)!;

    /// <summary>Every entity: a type with a configuration of its own.</summary>
    public static IReadOnlyList<Type> Entities { get; } =
    [
        .. typeof(ShippedModel).Assembly.GetTypes()
            .Where(t => t.GetCustomAttribute<EntityTypeConfigurationAttribute>() is not null)
            .OrderBy(t => t.FullName, StringComparer.Ordinal),
    ];

    public static bool IsOurs(Type type) => type.Assembly == typeof(ShippedModel).Assembly && Entities.Contains(type);

    public static IEnumerable<IConventionEntityType> In(IConventionModel model) => model.GetEntityTypes().Where(e => IsOurs(e.ClrType));

    /// <summary>Where a model deviates from the configurations, as sentences.</summary>
    /// <param name="model">The model.</param>
    /// <param name="schema">Where the tables are by option; null for the model's default.</param>
    /// <param name="migrations">Who makes the tables.</param>
    public static IReadOnlyList<string> FindDamage(IReadOnlyModel model, string? schema = null, MigrationOwnership migrations = default)
    {
        var damage = new List<string>();
        foreach (var pinned in Pinned.Value.GetEntityTypes())
        {
            if (model.FindEntityType(pinned.ClrType) is not { } found)
            {
                continue;
            }

            var table = pinned.GetTableName();
            if (found.GetTableName() != table)
            {
                damage.Add($"{table} is renamed to {found.GetTableName()}");
            }

            if (found.GetSchema() != (schema ?? model.GetDefaultSchema()))
            {
                damage.Add($"{table} is moved to the schema {found.GetSchema()}");
            }

            if (migrations != MigrationOwnership.Host && !found.IsTableExcludedFromMigrations())
            {
                damage.Add($"{table} is no longer excluded from the host's migrations");
            }

            damage.AddRange(
                from property in pinned.GetProperties()
                let actual = found.FindProperty(property.Name)?.GetColumnName()
                where actual != property.GetColumnName()
                select $"{table}.{property.GetColumnName()} is {(actual is null ? "left out" : "renamed to " + actual)}");
            damage.AddRange(
                from property in pinned.GetProperties()
                let actual = found.FindProperty(property.Name)
                where actual is not null && Conversion(actual) != Conversion(property)
                select $"{table}.{property.GetColumnName()} is converted to {Conversion(actual)?.Name ?? "nothing"}");
            damage.AddRange(
                from property in found.GetProperties()
                where pinned.FindProperty(property.Name) is null && property.Name != TransactionColumn.PropertyName
                select $"{table} has a further column {property.GetColumnName()}");
        }

        return damage;
    }

    private static Type? Conversion(IReadOnlyProperty property) => property.GetValueConverter()?.GetType() ?? property.GetProviderClrType();

    private static IReadOnlyModel Build()
    {
        var builder = new ModelBuilder(new ConventionSet());
        builder.ApplyConfigurationsFromAssembly(typeof(ShippedModel).Assembly);
        return builder.Model;
    }
}
