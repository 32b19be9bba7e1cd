using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace WorkManager.Persistence.HostModel;

/// <summary>The entities of this package, and what their configurations say of them.</summary>
internal static class ShippedModel
{
    private static readonly Lazy<IReadOnlyModel> Pinned = new(Build);

    /// <summary>Every entity: a type with a configuration of its own.</summary>
    public static IReadOnlyList<Type> AllEntities { get; } =
        [.. typeof(ShippedModel).Assembly.GetTypes().Where(t => t.GetCustomAttribute<EntityTypeConfigurationAttribute>() is not null).OrderBy(t => t.FullName, StringComparer.Ordinal)];

    /// <summary>The entities that hosts see. The others exist in the engine's model only: a host's compiled model could not name them.</summary>
    public static IReadOnlyList<Type> PublicEntities { get; } = [.. AllEntities.Where(t => t.IsPublic)];

    public static bool IsOurs(Type type) => type.Assembly == typeof(ShippedModel).Assembly && AllEntities.Contains(type);

    public static IEnumerable<IConventionEntityType> In(IConventionModel model) => model.GetEntityTypes().Where(e => IsOurs(e.ClrType));

    /// <summary>Where a model deviates from the configurations, as sentences.</summary>
    /// <param name="model">The model.</param>
    /// <param name="schema">Where the tables are by option; null for the model's default.</param>
    public static IReadOnlyList<string> FindDamage(IReadOnlyModel model, string? schema = null)
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

            if (!found.IsTableExcludedFromMigrations())
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
                where pinned.FindProperty(property.Name) is null
                select $"{table} has a further column {property.GetColumnName()}");
        }

        return damage;
    }

    private static Type? Conversion(IReadOnlyProperty property) => property.GetValueConverter()?.GetType() ?? property.GetProviderClrType();

    private static IReadOnlyModel Build()
    {
        var builder = new ModelBuilder(new ConventionSet());
        builder.ApplyConfigurationsFromAssembly(typeof(ShippedModel).Assembly, t => t.IsPublic);
        return builder.Model;
    }
}
