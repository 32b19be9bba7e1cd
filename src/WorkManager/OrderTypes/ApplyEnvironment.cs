using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace WorkManager.OrderTypes;

/// <summary>What an apply gets from the engine and returns to it, apart from the typed values.</summary>
internal sealed class ApplyEnvironment(StoredOrder order, DateTimeOffset now, Actor approvedBy, DbContext host)
{
    private int ids;

    public DateTimeOffset Now { get; } = now;

    public Actor ApprovedBy { get; } = approvedBy;

    /// <summary>The host's context in the transaction of the apply.</summary>
    public DbContext Host => host;

    /// <summary>What the order changed that this one reverses; null if it reverses none, or if that is not stored any more.</summary>
    public string? KeptChanges { get; init; }

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

    /// <summary>
    /// A UUID of version 8 from the order, what it applies and a counter: preview and apply give the same rows the same ids, with nothing stored, whatever
    /// happens to the order meanwhile.
    /// </summary>
    public Guid NewId()
    {
        Span<byte> seed = stackalloc byte[16 + SHA256.HashSizeInBytes + sizeof(int)];
        order.Id.TryWriteBytes(seed, bigEndian: true, out _);
        order.Content.CopyTo(seed[16..]);
        BinaryPrimitives.WriteInt32BigEndian(seed[^sizeof(int)..], ids++);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(seed, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
