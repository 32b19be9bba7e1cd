using WorkManager;

namespace Catalog.Guides;

public sealed record Book(string Title, string[] Chapters);

public sealed record BookStep(string Kind, string Text);

public sealed record BookText(string Text);

[OrderType("shop.translate_book")]
public sealed class TranslateBook : OrderType<Book, BookStep, BookText>
{
    #region item-dependencies
    protected override IEnumerable<PlannedItem<BookStep>> Plan(Book book)
    {
        var glossary = new PlannedItem<BookStep>(new BookStep("glossary", book.Title));
        var chapters = book.Chapters.Select(c => new PlannedItem<BookStep>(new BookStep("chapter", c)) { After = [glossary] }).ToList();
        var proof = new PlannedItem<BookStep>(new BookStep("proof", book.Title)) { After = chapters };
        return [glossary, .. chapters, proof];
    }
    #endregion

    protected override Task ApplyAsync(ApplyContext<Book, BookStep, BookText> apply, CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class Dependencies
{
    public static async Task<WorkOrder> ProposeAsync(IWorkOrderManager work, WorkOrder prices, CancellationToken cancellationToken)
    {
        #region order-dependencies
        // Nobody begins the book before the prices are in the database.
        WorkOrder book = await work.ProposeAsync(
            new Book("Lamps", ["One", "Two"]), new ProposeOptions { After = [prices.Id] }, cancellationToken);
        #endregion
        return book;
    }

    public static IQueryable<string?> WhatCameBefore(AppDbContext db, WorkLease lease)
    {
        #region results-before
        IQueryable<string?> results =
            from dependency in db.Set<WorkItemDependency>()
            join item in db.Set<WorkItem>() on dependency.DependsOnId equals item.Id
            where dependency.Id == lease.Item.Id
            select item.Result;
        #endregion
        return results;
    }

    public static IQueryable<WorkItem> WhatIsMissing(AppDbContext db, Guid itemId)
    {
        #region waits-for
        IQueryable<WorkItem> missing =
            from wait in db.Set<WorkItemDependency>()
            join item in db.Set<WorkItem>() on wait.DependsOnId equals item.Id
            where wait.Id == itemId && wait.MetAt == null
            select item;
        #endregion
        return missing;
    }
}
