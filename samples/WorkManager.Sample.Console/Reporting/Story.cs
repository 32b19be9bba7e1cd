using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Countries.Reporting;

/// <summary>What the sample prints. On a terminal with colours and a progress bar; redirected, as plain text of a fixed width.</summary>
internal sealed class Story
{
    /// <summary>How far details stand to the right.</summary>
    public const int Indent = 2;

    private const int RedirectedWidth = 112;

    private readonly IAnsiConsole console = CreateConsole();
    private int chapters;

    public void Title(string title) => console.MarkupLineInterpolated($"[bold]{title}[/]");

    /// <summary>A numbered heading, and under it the call that the chapter is about.</summary>
    public void Chapter(string title, string calls)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold]{++chapters}  {Markup.Escape(title)}[/]").LeftJustified());
        console.MarkupLineInterpolated($"[grey]{calls}[/]");
        console.WriteLine();
    }

    /// <summary>A paragraph of the story. May be called by several agents at once.</summary>
    public void Say(string paragraph, int indent = 0) => Write(paragraph, indent, Style.Plain);

    /// <summary>A paragraph that should not be overlooked.</summary>
    public void Stress(string paragraph, int indent = 0) => Write(paragraph, indent, new Style(Color.Yellow));

    /// <summary>Lines as they are.</summary>
    public void Lines(string text, int indent)
    {
        foreach (var line in text.TrimEnd().Split('\n'))
        {
            console.WriteLine($"{new string(' ', indent)}{line}");
        }
    }

    public void Blank() => console.WriteLine();

    public void Table(IEnumerable<string> columns, IEnumerable<IEnumerable<string>> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(IRenderable (cell) => new Text(cell)));
        }

        console.Write(table);
    }

    /// <summary>Shows how far some work is: a bar on a terminal, a line a fifth elsewhere.</summary>
    /// <param name="what">What is counted.</param>
    /// <param name="total">When the work is done.</param>
    /// <param name="work">The work; it reports the current number.</param>
    public async Task ProgressAsync(string what, int total, Func<Action<int>, Task> work)
    {
        if (console.Profile.Capabilities.Interactive)
        {
            await console.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
                .StartAsync(async context =>
                {
                    var bar = context.AddTask(what, maxValue: total);
                    await work(done => bar.Value = done);
                });
            return;
        }

        const int steps = 5;
        await work(done =>
        {
            if (done * steps / total > (done - 1) * steps / total)
            {
                Say($"{what}: {done} of {total}");
            }
        });
    }

    // One write: what another agent says at the same time comes before or after it.
    private void Write(string paragraph, int indent, Style style) => console.Write(new Padder(new Text(paragraph, style), new Padding(indent, 0, 0, 0))
    {
        // On a terminal the line may be written over a progress bar, and must cover it.
        Expand = console.Profile.Capabilities.Interactive,
    });

    private static IAnsiConsole CreateConsole()
    {
        if (!Console.IsOutputRedirected)
        {
            return AnsiConsole.Console;
        }

        Console.OutputEncoding = Encoding.UTF8;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            // A build server that can show colours must not bring them back into a file.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = RedirectedWidth;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
