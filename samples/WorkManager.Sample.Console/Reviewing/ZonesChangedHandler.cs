using Countries.Reporting;
using Countries.TimeZones;
using WorkManager;

namespace Countries.Reviewing;

/// <summary>The place for effects outside the database, such as a message to other systems: runs only once the change is committed.</summary>
internal sealed class ZonesChangedHandler(Story story) : IAfterCommitHandler<ZonesChanged>
{
    public Task HandleAsync(ZonesChanged message, CancellationToken cancellationToken)
    {
        story.Say($"After the commit, a handler would tell other systems of {message.Countries} changed countries.", Story.Indent);
        return Task.CompletedTask;
    }
}
