using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Catalog.Guides;

internal static class GovernedEntities
{
    public static void Configure(ModelBuilder modelBuilder)
    {
        #region governed-model
        modelBuilder.Entity<PriceListEntry>().IsGoverned();
        modelBuilder.Entity<Note>().IsGoverned(GovernedWrites.Warn); // done, and logged
        #endregion
    }

    public static async Task ImportAsync(DbContext db, IEnumerable<object> imported)
    {
        #region governed-import
        using (db.Database.AllowGovernedWrites("price list of 2026"))
        {
            db.AddRange(imported);
            await db.SaveChangesAsync();
        }
        #endregion
    }

    private sealed class PriceListEntry
    {
        public int Id { get; set; }
    }

    private sealed class Note
    {
        public int Id { get; set; }
    }
}
