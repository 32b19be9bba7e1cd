using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace WorkManager.Tests.HostKinds;

/// <summary>A line to a PostgreSQL server that goes dead when told to: the server has done what it was asked, and nobody hears of it.</summary>
internal sealed class LossyLine : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly NpgsqlConnectionStringBuilder server;
    private readonly Task accepting;
    private int toLose = -1;
    private Action? lost;
    private string? toCutAfter;
    private string? toCutBefore;

    private delegate bool Judge(ReadOnlySpan<byte> bytes);

    public LossyLine(string connectionString)
    {
        server = new NpgsqlConnectionStringBuilder(connectionString);
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>The same database at this end of the line. What resets a connection would be one more answer.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(server.ConnectionString)
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)listener.LocalEndpoint).Port,
        NoResetOnClose = true,
    }.ToString();

    public int Lost { get; private set; }

    /// <summary>The next time that the client sends this, the line is gone: the server gets it, works on, and has nobody to answer to.</summary>
    public void CutAfter(string sent) => Volatile.Write(ref toCutAfter, sent);

    /// <summary>The next time that the client sends this, the line is gone before the server gets it.</summary>
    /// <param name="sent">What the client sends.</param>
    /// <param name="then">What happens just then.</param>
    public void CutBefore(string sent, Action then)
    {
        lost = then;
        Volatile.Write(ref toCutBefore, sent);
    }

    /// <summary>An answer of the server does not arrive, and its connection is gone.</summary>
    /// <param name="after">How many answers arrive before.</param>
    /// <param name="then">What happens just then.</param>
    public void LoseAnswer(int after = 0, Action? then = null)
    {
        lost = then;
        Volatile.Write(ref toLose, after);
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Stop();
        await accepting;
        closing.Dispose();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        var lines = new List<Task>();
        try
        {
            while (true)
            {
                lines.Add(CarryAsync(await listener.AcceptTcpClientAsync(closing.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(lines);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        await far.ConnectAsync(server.Host!, server.Port, closing.Token);
        await Task.WhenAny(
            PumpAsync(near.GetStream(), far.GetStream(), sent => Has(sent, ref toCutBefore), sent => Has(sent, ref toCutAfter)),
            PumpAsync(far.GetStream(), near.GetStream(), _ => Volatile.Read(ref toLose) >= 0 && Interlocked.Decrement(ref toLose) == -1, _ => false));
    }

    private static bool Has(ReadOnlySpan<byte> sent, ref string? wanted)
    {
        var text = Volatile.Read(ref wanted);
        return text is not null && sent.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 && Interlocked.CompareExchange(ref wanted, null, text) == text;
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Judge losesThis, Judge cutsAfterThis)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReadAsync(buffer, closing.Token) is > 0 and var count)
            {
                if (losesThis(buffer.AsSpan(0, count)))
                {
                    Lost++;
                    lost?.Invoke();
                    return;
                }

                await to.WriteAsync(buffer.AsMemory(0, count), closing.Token);
                if (cutsAfterThis(buffer.AsSpan(0, count)))
                {
                    Lost++;
                    return;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Either end has hung up.
        }
    }
}
