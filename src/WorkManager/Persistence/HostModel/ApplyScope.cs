using Microsoft.EntityFrameworkCore;

namespace WorkManager.Persistence.HostModel;

/// <summary>The apply that runs in the current flow of control.</summary>
internal static class ApplyScope
{
    private static readonly AsyncLocal<Holder?> Current = new();

    /// <summary>The host's context of the running apply; null outside.</summary>
    public static DbContext? Host => Current.Value?.Host;

    public static IDisposable Enter(DbContext host)
    {
        var holder = new Holder { Host = host };
        Current.Value = holder;
        return holder;
    }

    /// <summary>
    /// Emptied at the end of the apply. Tasks that host code started and left running have a copy of the flow, and are no longer inside the apply.
    /// </summary>
    private sealed class Holder : IDisposable
    {
        public DbContext? Host { get; set; }

        public void Dispose() => Host = null;
    }
}
