using Microsoft.Extensions.DependencyInjection;
using WorkManager;

namespace Catalog.Guides;

public sealed record TextToTranslate(string Text, string Language);

public sealed record TranslatedText(string Text);

#region type-limit
[OrderType("shop.translate", MaxLeases = 5)] // the service takes five calls at once
public sealed class TranslateTexts : OrderType<TextToTranslate, TranslatedText>
#endregion
{
    protected override Task ApplyAsync(ApplyContext<TextToTranslate, TextToTranslate, TranslatedText> apply, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}

internal static class Limits
{
    public static void Configure(IServiceCollection services)
    {
        #region lease-limits
        services.AddWorkManager(options =>
        {
            options.Lease.MaxPerAgent = 20;
            options.Lease.MaxPerTenant = 500;
        }).UseDbContext<AppDbContext>().AddOrderType<TranslateTexts>();
        #endregion
    }
}
