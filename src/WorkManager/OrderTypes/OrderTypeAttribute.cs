namespace WorkManager;

/// <summary>Names an order type, so that it is known without being constructed.</summary>
/// <param name="key">
/// The key, such as <c>country.timezones</c>: 1 to 120 letters and digits of ASCII, dots, hyphens, underscores, colons and slashes. It is stored with every
/// order: never change it.
/// </param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class OrderTypeAttribute(string key) : Attribute
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>
    /// The version of the shapes of payload, input and result. Raise it with every change that older rows do not fit, and override
    /// <see cref="OrderType.Upgrade"/>, <see cref="OrderType.UpgradeInput"/> or <see cref="OrderType.UpgradeResult"/>.
    /// </summary>
    /// <value>1 by default.</value>
    public int Version { get; set; } = 1;

    /// <summary>How long the leases of its items last, in seconds, where neither the request nor the item says otherwise.</summary>
    /// <value>0 by default: <see cref="LeaseOptions.Ttl"/>. Else 1 second to <see cref="LeaseOptions.MaxTtl"/>.</value>
    public int LeaseSeconds { get; set; }

    /// <summary>How many of its items can be leased at once, in each tenant.</summary>
    /// <value>0 by default: <see cref="LeaseOptions.MaxPerType"/>. Else at least 1.</value>
    public int MaxLeases { get; set; }

    /// <summary>How often an item can be returned for rework.</summary>
    /// <value>-1 by default: <see cref="RetryOptions.MaxReworks"/>. Else 0 to 1000; 0 allows no rework.</value>
    public int MaxReworks { get; set; } = -1;

    /// <summary>How many people have to approve an order. Each approves the same content hash; the last one's call applies it.</summary>
    /// <value>
    /// 1 by default; 1 to 20. With more than one, an order of this type is never approved without a person, nor without a hash: not if its preview is cut off
    /// (<see cref="ReviewOptions.MaxRows"/>).
    /// </value>
    public int Approvals { get; set; } = 1;

    /// <summary>The role that an approver must have; see <see cref="Actor.Roles"/>.</summary>
    /// <value>Null by default: none is needed. Else 1 to <see cref="Actor.MaxIdLength"/> characters.</value>
    public string? ApproverRole { get; set; }

    /// <summary>
    /// Whether an approved order is applied later, by <see cref="IWorkMaintenance.ApproveDueAsync"/> in any process, and not in the call of its approver.
    /// </summary>
    /// <value>False by default. Automatic approvals are applied at once in any case.</value>
    public bool DeferApply { get; set; }

    /// <summary>
    /// Whether what an order changed is kept with its approval, so that <see cref="IWorkOrderManager.ProposeReversalAsync"/> can propose to put it back.
    /// Reversals are orders of a type of their own, whose key is this one's and <c>.reversal</c>, and are approved by the rules of this one.
    /// </summary>
    /// <value>False by default. If so, each apply reads the rows that it has saved once more.</value>
    public bool Reversible { get; set; }

    /// <summary>What becomes of an order if a reviewer returns some of its items; see <see cref="IWorkOrderManager.DecideAsync"/>.</summary>
    /// <value><see cref="ReturnedItems.Wait"/> by default: the order waits for them.</value>
    public ReturnedItems ReturnedItems { get; set; }

    /// <summary>What it means for an order that one of its items has failed for good. Stored with each order when it is proposed.</summary>
    /// <value><see cref="ItemFailure.FailOrder"/> by default: the order fails once no other item is open.</value>
    public ItemFailure ItemFailure { get; set; }

    /// <summary>
    /// What becomes of an item if one that it waits for has failed for good, and of an order if one that it waits for is rejected, cancelled or given up.
    /// Stored with each order when it is proposed.
    /// </summary>
    /// <value><see cref="DependencyFailure.Fail"/> by default: what waits fails, too.</value>
    public DependencyFailure DependencyFailure { get; set; }

    /// <summary>Whether items that have a result are done again, too, when one that they waited for is returned for rework.</summary>
    /// <value>True by default: their results may rest on the one that was refused.</value>
    public bool RedoDependents { get; set; } = true;
}
