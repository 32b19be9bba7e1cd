using Microsoft.EntityFrameworkCore;

namespace WorkManager.Persistence.HostModel;

/// <summary>The apply that runs in the current flow of control.</summary>
/// <remarks>
/// It is emptied at the end of the apply. Tasks that host code started and left running have a copy of the flow, and are no longer inside the apply.
/// </remarks>
internal sealed class ApplyScope : IDisposable
{
    private static readonly AsyncLocal<ApplyScope?> Current = new();

    private DbContext? host;
    private bool isHostCode;
    private Action? commandOfSave;
    private Action<string, string, int>? writeAroundTracker;

    private ApplyScope(DbContext host) => this.host = host;

    /// <summary>The host's context of the running apply; null outside.</summary>
    public static DbContext? Host => Current.Value?.host;

    /// <summary>Whether the host's own code runs at this moment, and not the engine's.</summary>
    public static bool IsHostCode => Current.Value is { host: not null, isHostCode: true };

    /// <summary>Begins an apply.</summary>
    /// <param name="host">The context that holds the transaction.</param>
    public static ApplyScope Enter(DbContext host) => Current.Value = new ApplyScope(host);

    /// <summary>Begins a part of the apply in which the host's own code runs.</summary>
    public IDisposable EnterHostCode() => new HostCodePart(this);

    /// <summary>Has an action called before each command by which the host's context saves.</summary>
    public void OnCommandOfSave(Action? action) => commandOfSave = action;

    /// <summary>Has an action called after each command by which the host's context writes past its tracker: with its kind, its text and its rows.</summary>
    public void OnWriteAroundTracker(Action<string, string, int>? action) => writeAroundTracker = action;

    /// <summary>Tells the apply, if there is one, that a context has written past its tracker.</summary>
    public static void TellWriteAroundTracker(DbContext? context, string kind, string sql, int rows)
    {
        if (Current.Value is { host: { } applying } apply && applying == context)
        {
            apply.writeAroundTracker?.Invoke(kind, sql, rows);
        }
    }

    /// <summary>Tells the apply, if there is one, that a context is about to send a command by which it saves.</summary>
    public static void TellCommandOfSave(DbContext? context)
    {
        if (Current.Value is { host: { } applying } apply && applying == context)
        {
            apply.commandOfSave?.Invoke();
        }
    }

    public void Dispose() => host = null;

    private sealed class HostCodePart : IDisposable
    {
        private readonly ApplyScope apply;

        public HostCodePart(ApplyScope apply)
        {
            this.apply = apply;
            apply.isHostCode = true;
        }

        public void Dispose() => apply.isHostCode = false;
    }
}
