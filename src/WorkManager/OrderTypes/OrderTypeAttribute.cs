namespace WorkManager;

/// <summary>Names an order type, so that it is known without being constructed.</summary>
/// <param name="key">The key, 1 to 120 characters, such as <c>country.timezones</c>. It is stored with every order: never change it.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class OrderTypeAttribute(string key) : Attribute
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>
    /// The version of the payload's shape. Raise it with every change that older rows do not fit, and override <see cref="OrderType.Upgrade"/>.
    /// </summary>
    /// <value>1 by default.</value>
    public int Version { get; set; } = 1;
}
