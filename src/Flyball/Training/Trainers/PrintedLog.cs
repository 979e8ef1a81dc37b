using System.Globalization;
using System.Text;

namespace Flyball.Training.Trainers;

/// <summary>What a program prints, to both of its outputs: the first and the last of it. Safe from any thread.</summary>
/// <param name="most">Bytes that it may print.</param>
internal sealed class PrintedLog(long most)
{
    private const int Kept = 32 * 1024;

    private readonly Lock gate = new();
    private readonly List<byte> head = [];
    private readonly Queue<byte> tail = new();
    private long total;

    public bool IsFull
    {
        get
        {
            lock (gate)
            {
                return total > most;
            }
        }
    }

    public string Text
    {
        get
        {
            lock (gate)
            {
                var left = total - head.Count - tail.Count;
                var middle = left > 0 ? string.Create(CultureInfo.InvariantCulture, $"\n… {left} bytes are left out …\n") : "";
                return Encoding.UTF8.GetString([.. head]) + middle + Encoding.UTF8.GetString([.. tail]);
            }
        }
    }

    /// <summary>Reads to the end, whatever comes: a program that waits for its reader would never end.</summary>
    public async Task TakeAsync(Stream from)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer) is > 0 and var read)
            {
                Take(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The program is gone.
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            total += bytes.Length;
            var first = Math.Min(bytes.Length, Kept - head.Count);
            head.AddRange(bytes[..first]);
            var rest = bytes[first..];
            foreach (var b in rest.Length > Kept ? rest[^Kept..] : rest)
            {
                if (tail.Count == Kept)
                {
                    tail.Dequeue();
                }

                tail.Enqueue(b);
            }
        }
    }
}
