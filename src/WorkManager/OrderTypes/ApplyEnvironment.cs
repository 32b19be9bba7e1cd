using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;

namespace WorkManager.OrderTypes;

/// <summary>What an apply gets from the engine and returns to it, apart from the typed values.</summary>
internal sealed class ApplyEnvironment(Guid orderId, int revision, DateTimeOffset now, Actor approvedBy)
{
    private int ids;

    public DateTimeOffset Now { get; } = now;

    public Actor ApprovedBy { get; } = approvedBy;

    public WorkDiff? Diff { get; set; }

    /// <summary>The messages for after the commit.</summary>
    public List<Delivery> Deliveries { get; } = [];

    public void AfterCommit<TMessage>(TMessage message)
        where TMessage : notnull =>
        Deliveries.Add(new Delivery(typeof(TMessage), services =>
        [
            .. services.GetServices<IAfterCommitHandler<TMessage>>()
                .Select(handler => (Func<CancellationToken, Task>)(cancellationToken => handler.HandleAsync(message, cancellationToken))),
        ]));

    /// <summary>A UUID of version 8 from order, revision and a counter: preview and apply give the same rows the same ids, with nothing stored.</summary>
    public Guid NewId()
    {
        Span<byte> seed = stackalloc byte[16 + (2 * sizeof(int))];
        orderId.TryWriteBytes(seed, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(seed[16..], revision);
        BinaryPrimitives.WriteInt32BigEndian(seed[20..], ids++);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(seed, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
