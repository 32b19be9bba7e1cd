using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Catalog.Guides;

internal static class Reviews
{
    public static async Task ApproveAsync(IWorkOrderManager work, Guid orderId)
    {
        #region preview
        var reviewer = work.As(Actor.User("bert"));
        OrderPreview preview = await reviewer.PreviewAsync(orderId);
        Console.WriteLine(preview.ToText());
        #endregion

        #region approve-what-was-seen
        try
        {
            await reviewer.ApproveAsync(orderId, preview.ContentHash);
        }
        catch (StaleReviewException stale)
        {
            foreach (var difference in stale.Differences)
            {
                Console.WriteLine($"{difference.Row} {difference.Name}: {difference.Reviewed?.ToJsonString()} is now {difference.Now?.ToJsonString()}");
            }
        }
        #endregion

        #region preview-since
        var again = await reviewer.PreviewAsync(orderId, new PreviewOptions { Since = preview.ContentHash });
        Console.WriteLine(again.Since.Count == 0 ? "Nothing has changed." : $"{again.Since.Count} things have changed.");
        #endregion
    }

    public static void Configure(ModelBuilder modelBuilder)
    {
        #region review-model
        modelBuilder.Entity<Customer>(customer =>
        {
            customer.Property(c => c.UpdatedAt).NotReviewed(); // stamped at each save
            customer.Property(c => c.AccessToken).Redacted();  // part of the content, shown nowhere
        });
        #endregion
    }

    private sealed class Customer
    {
        public int Id { get; set; }

        public DateTime UpdatedAt { get; set; }

        public string? AccessToken { get; set; }
    }
}
