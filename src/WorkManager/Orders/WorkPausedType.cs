using Microsoft.EntityFrameworkCore;

namespace WorkManager;

/// <summary>
/// An order type of which nothing is handed out: the row is there from <see cref="IWorkMaintenance.PauseTypeAsync"/> to
/// <see cref="IWorkMaintenance.ResumeTypeAsync"/>.
/// </summary>
[EntityTypeConfiguration(typeof(WorkPausedTypeConfiguration))]
public sealed class WorkPausedType
{
    internal WorkPausedType()
    {
    }

    /// <summary>The key of the order type, for instance <c>inventory.count</c>. Orders of the type that are proposed later are paused, too.</summary>
    public string OrderType { get; internal set; } = "";

    /// <summary>Why; null if nobody said.</summary>
    public string? Reason { get; internal set; }

    /// <summary>Who has paused it.</summary>
    public ActorType PausedByType { get; internal set; }

    /// <summary>The id of who has paused it.</summary>
    public string PausedById { get; internal set; } = "";

    /// <summary>Since when it has been paused, by the clock of the application that paused it.</summary>
    public DateTimeOffset PausedAt { get; internal set; }
}
