using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace WorkManager;

/// <summary>What a holder shows with every write: the item and the number of the grant. The same text at every door.</summary>
/// <remarks>It is not a secret: the database also checks that the caller is the agent that holds the lease.</remarks>
public readonly record struct LeaseToken : IParsable<LeaseToken>
{
    private const int Size = 16 + sizeof(long);

    /// <summary>Creates a token.</summary>
    /// <param name="itemId">The item.</param>
    /// <param name="epoch">The number of the grant; it rises by one with every lease of the item.</param>
    public LeaseToken(Guid itemId, long epoch)
    {
        ItemId = itemId;
        Epoch = epoch;
    }

    /// <summary>The item.</summary>
    public Guid ItemId { get; }

    /// <summary>The number of the grant.</summary>
    public long Epoch { get; }

    /// <summary>The token as text of 32 URL-safe characters.</summary>
    /// <returns>Text that <see cref="Parse(string, IFormatProvider?)"/> reads.</returns>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        ItemId.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], Epoch);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads the text of a token.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used.</param>
    /// <returns>The token.</returns>
    /// <exception cref="FormatException">The text is not a token.</exception>
    public static LeaseToken Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var token) ? token : throw new FormatException("The text is not a lease token.");

    /// <summary>Reads the text of a token.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used.</param>
    /// <param name="result">The token, if the text is one.</param>
    /// <returns>Whether the text is a token.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out LeaseToken result)
    {
        Span<byte> bytes = stackalloc byte[Size];
        // Decoding throws where a character is no base64, however it is called.
        if (s is not { Length: Size / 3 * 4 } || !Base64Url.IsValid(s) || !Base64Url.TryDecodeFromChars(s, bytes, out var written) || written != Size)
        {
            result = default;
            return false;
        }

        result = new LeaseToken(new Guid(bytes[..16], bigEndian: true), BinaryPrimitives.ReadInt64BigEndian(bytes[16..]));
        return true;
    }
}
