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
    public static IReadOnlyList<string> FindDamage(IReadOnlyModel model)
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

            if (!found.IsTableExcludedFromMigrations())
            {
                damage.Add($"{table} is no longer excluded from the host's migrations");
            }

            damage.AddRange(
                from property in pinned.GetProperties()
                let actual = found.FindProperty(property.Name)?.GetColumnName()
                where actual != property.GetColumnName()
                select $"{table}.{property.GetColumnName()} is {(actual is null ? "left out" : "renamed to " + actual)}");
        }

        return damage;
    }

    private static IReadOnlyModel Build()
    {
        var builder = new ModelBuilder(new ConventionSet());
        builder.ApplyConfigurationsFromAssembly(typeof(ShippedModel).Assembly, t => t.IsPublic);
        return builder.Model;
    }
}
