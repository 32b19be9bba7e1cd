using WorkManager.Errors;

namespace WorkManager.Proposing;

/// <summary>Which items of a plan wait for which others.</summary>
internal static class PlannedDependencies
{
    /// <summary>Finds them, each once, by the places of the items.</summary>
    /// <exception cref="WorkLimitException">There are more than the limit.</exception>
    /// <exception cref="WorkValidationException">An item waits for one that the plan does not have, or has twice, or for itself in the end.</exception>
    public static IReadOnlyList<(int Item, int DependsOn)> Check(IReadOnlyList<PlannedItem> plan, int limit)
    {
        if (plan.All(p => p.After is { Count: 0 }))
        {
            return [];
        }

        if (plan.Any(p => p.After is null))
        {
            throw Invalid("What an item comes after is null. Name nothing by an empty list.");
        }

        if (plan.Sum(p => (long)p.After.Count) is var count && count > limit)
        {
            throw new WorkLimitException(
                WorkErrorCodes.PlanTooLarge, $"The items of the plan come after others {count} times; those of an order may {limit} times.", limit);
        }

        var places = plan.Select((item, place) => (item, place)).ToLookup(p => p.item, p => p.place);
        List<(int Item, int DependsOn)> found =
        [
            .. from item in Enumerable.Range(0, plan.Count)
               from other in plan[item].After.Distinct()
               select (item, PlaceOf(places, item, other)),
        ];
        EnsureNoneWaitsForItself(found, plan.Count);
        return found;
    }

    private static int PlaceOf(ILookup<PlannedItem, int> places, int item, PlannedItem? other) =>
        other is null ? throw Invalid($"Item {item} comes after null.")
        : places[other].ToList() is [var place] ? place
        : throw Invalid($"Item {item} comes after one that the plan has {(places.Contains(other) ? "more than once" : "not")}.");

    // Takes away the items that wait for none of those that are left. What cannot be taken away waits for itself.
    private static void EnsureNoneWaitsForItself(List<(int Item, int DependsOn)> dependencies, int items)
    {
        var waits = new int[items];
        dependencies.ForEach(d => waits[d.Item]++);
        var dependents = dependencies.ToLookup(d => d.DependsOn, d => d.Item);
        var free = new Queue<int>(Enumerable.Range(0, items).Where(i => waits[i] == 0));
        var left = items;
        while (free.TryDequeue(out var item))
        {
            left--;
            foreach (var dependent in dependents[item].Where(d => --waits[d] == 0))
            {
                free.Enqueue(dependent);
            }
        }

        if (left > 0)
        {
            var first = Array.FindIndex(waits, w => w > 0);
            throw Invalid($"Item {first} comes after itself in the end: {left} items wait for each other.", WorkErrorCodes.DependencyCycle);
        }
    }

    private static WorkValidationException Invalid(string message, string code = ValidationCodes.Invalid) =>
        new("plan", [new ValidationError("", code, message)], code == ValidationCodes.Invalid ? WorkErrorCodes.ValidationFailed : code);
}
