using System.ComponentModel.DataAnnotations;

namespace WorkManager;

/// <summary>Limits on sizes.</summary>
public sealed class LimitOptions
{
    /// <summary>How many items an order may have.</summary>
    /// <value>10,000 by default; 1 to 1,000,000.</value>
    [Range(1, 1_000_000)]
    public int MaxItemsPerOrder { get; set; } = 10_000;

    /// <summary>How large a payload, input or result may be, in bytes of UTF-8 JSON.</summary>
    /// <value>1 MiB by default; 1 byte to 256 MiB.</value>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxPayloadBytes { get; set; } = 1024 * 1024;

    /// <summary>How many times the items of an order may say that they come after another, together.</summary>
    /// <value>20,000 by default; 0 to 1,000,000.</value>
    [Range(0, 1_000_000)]
    public int MaxDependencies { get; set; } = 20_000;
}
