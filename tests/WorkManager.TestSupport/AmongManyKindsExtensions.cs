using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.TestSupport;

public static class AmongManyKindsExtensions
{
    /// <summary>Lets a context be one of many kinds: one process runs the tests of more hosts than EF Core takes for sound.</summary>
    public static DbContextOptionsBuilder AmongManyKinds(this DbContextOptionsBuilder options) =>
        options.ConfigureWarnings(w => w.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning));
}
