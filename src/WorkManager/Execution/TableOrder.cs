using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Execution;

/// <summary>The order in which a unit writes the tables of a model: a table comes after the tables that its foreign keys refer to.</summary>
internal static class TableOrder
{
    /// <summary>The position of each table in the order. It is computed once and kept with the model.</summary>
    /// <exception cref="InvalidOperationException">Tables refer to each other in a circle.</exception>
    public static IReadOnlyDictionary<IEntityType, int> Of(IModel model) => model.GetOrAddRuntimeAnnotationValue<IReadOnlyDictionary<IEntityType, int>, IModel>(
        "WorkManager:TableOrder", static of => Sort(of!), model);

    private static Dictionary<IEntityType, int> Sort(IModel model)
    {
        var places = new Dictionary<IEntityType, int>();
        var left = model.GetEntityTypes().OrderBy(t => t.GetTableName(), StringComparer.Ordinal).ToList();
        while (left.Count > 0)
        {
            var next = left.FindAll(table => PrincipalsOf(table).All(places.ContainsKey));
            if (next.Count == 0)
            {
                throw new InvalidOperationException(
                    $"The foreign keys of {string.Join(", ", left.Select(t => t.GetTableName()))} form a circle, so none of the tables can be written first.");
            }

            next.ForEach(table => places.Add(table, places.Count));
            left.RemoveAll(next.Contains);
        }

        return places;
    }

    // A table may refer to itself: the database checks foreign keys after all rows of a statement are written.
    private static IEnumerable<IEntityType> PrincipalsOf(IEntityType table) =>
        table.GetForeignKeys().Select(f => f.PrincipalEntityType).Where(principal => principal != table);
}
