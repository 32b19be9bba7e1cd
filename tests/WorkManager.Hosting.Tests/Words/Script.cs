using System.Collections.Concurrent;

namespace WorkManager.Hosting.Tests.Words;

/// <summary>What the handler does, as a test says.</summary>
public sealed class Script
{
    private int running;

    public Func<WorkContext<Word>, CancellationToken, Task<WorkResult<Loud>>> Handle { get; set; } = (work, _) => Shout(work);

    /// <summary>Each call of the handler, by its text.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public int MostAtOnce { get; private set; }

    public static Task<WorkResult<Loud>> Shout(WorkContext<Word> work) =>
        Task.FromResult<WorkResult<Loud>>(new Loud(work.Input.Text.ToUpperInvariant()));

    public async Task<WorkResult<Loud>> RunAsync(WorkContext<Word> work, CancellationToken cancellationToken)
    {
        lock (Calls)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++running);
        }

        Calls.Enqueue(work.Input.Text);
        try
        {
            return await Handle(work, cancellationToken);
        }
        finally
        {
            lock (Calls)
            {
                running--;
            }
        }
    }
}

public sealed class ScriptedHandler(Script script) : IWorkHandler<Word, Loud>
{
    public Task<WorkResult<Loud>> HandleAsync(WorkContext<Word> work, CancellationToken cancellationToken) => script.RunAsync(work, cancellationToken);
}
