using AwesomeAssertions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Providers.Sqlite;

/// <summary>SQLite lets one writer in at a time, and its provider blocks the thread of those that wait.</summary>
public sealed class WritersInTurn(SqliteFixture databases) : IClassFixture<SqliteFixture>
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_writer_waits_for_another_one_of_its_process_without_a_thread(bool spellsThePathInAnotherWay)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var script = new Script
        {
            Apply = (_, _) =>
            {
                begun.SetResult();
                return goOn.Task;
            },
        };
        await using var app = await script.StartAsync(databases);
        var path = new SqliteConnectionStringBuilder(app.Database.ConnectionString).DataSource;
        var spelled = spellsThePathInAnotherWay ? Path.GetRelativePath(Environment.CurrentDirectory, path) : path;
        await using var others = ShopApp.On(app.Database, context: o => o.UseSqlite($"Data Source={spelled}"));
        await others.Maintenance.CheckSchemaAsync(TestContext.Current.CancellationToken);
        var order = await app.SubmittedNoteAsync();

        var approving = app.Reviewer.ApproveAsync(order.Id);
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        // Without its turn it would come back only once SQLite has waited for as long as a command may take.
        var proposing = others.ProposeEchoAsync();
        proposing.IsCompleted.Should().BeFalse("the apply is in the middle of its transaction");
        goOn.SetResult();

        (await approving).State.Should().Be(OrderState.Completed);
        (await proposing).State.Should().Be(OrderState.Queued);
    }
}
