using WorkManager.Load.Measuring;

namespace WorkManager.Load.Systems.Limit;

/// <summary>The least that writes the same rows: prepared statements on connections that stay open, and nothing else.</summary>
internal interface ILimit
{
    /// <summary>Works on one item per call.</summary>
    ISession Single();

    /// <summary>Works on a batch of items per call.</summary>
    ISession Batch(int size);

    /// <summary>Inserts orders, all in one transaction.</summary>
    ISession Propose(int orders, int items);

    /// <summary>Takes an order of one item from its proposal to the host's data.</summary>
    ISession Life();

    /// <summary>What it sends for one item, as it is written below.</summary>
    IReadOnlyList<StepCost> CostOfSingle { get; }

    /// <inheritdoc cref="CostOfSingle"/>
    IReadOnlyList<StepCost> CostOfBatch(int size);

    /// <inheritdoc cref="CostOfSingle"/>
    IReadOnlyList<StepCost> CostOfPropose(int orders, int items);

    /// <inheritdoc cref="CostOfSingle"/>
    IReadOnlyList<StepCost> CostOfLife { get; }
}
