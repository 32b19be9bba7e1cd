using System.Buffers.Binary;
using System.Security.Cryptography;

namespace WorkManager.Persistence;

/// <summary>UUIDs of version 7 that ascend within the process, also within one millisecond.</summary>
/// <remarks>
/// <c>Guid.CreateVersion7</c> draws the low bits at random, so two ids of one millisecond come in any order;
/// here they are a counter with a random start. A clock that goes back does not take the ids back.
/// </remarks>
internal sealed class IdGenerator(TimeProvider time)
{
    private readonly Lock gate = new();
    private long lastMilliseconds;
    private ulong counter;

    public Guid Next()
    {
        long milliseconds;
        ulong low;
        lock (gate)
        {
            milliseconds = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (milliseconds > lastMilliseconds)
            {
                lastMilliseconds = milliseconds;
                counter = RandomStart();
            }
            else
            {
                milliseconds = lastMilliseconds;
                counter += 1 + (ulong)RandomNumberGenerator.GetInt32(1 << 16);
            }

            low = counter;
        }

        // 48 bits of time, the version, the counter's upper 12 bits; the variant, the counter's lower 52 bits and 10 that stay zero.
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)milliseconds << 16) | 0x7000 | (low >> 52));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], 0x8000_0000_0000_0000 | (low << 12 >> 2));
        return new Guid(bytes, bigEndian: true);
    }

    // The top is left free, so that a millisecond's worth of counting cannot overflow.
    private static ulong RandomStart()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 2;
    }
}
