namespace WorkManager;

/// <summary>What becomes of an order if a reviewer returns some of its items.</summary>
public enum ReturnedItems
{
    /// <summary>The order waits for them: it can be approved once they have a result again.</summary>
    Wait,

    /// <summary>They move to a new order, and what is accepted can be approved at once.</summary>
    ChildOrder,
}
