using Flyball.Engine.Identity;
using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>The keys of earlier requests with their answers. Not thread-safe: the journal's gate guards it.</summary>
/// <param name="capacity">Keys with an answer; the oldest are forgotten first. A key without one names what was stored, such as a part of a file,
/// and is never forgotten: its owner relies on it to store nothing twice. It costs about 300 bytes.</param>
/// <param name="most">The most bytes of keys with an answer, and of their answers; beyond it the oldest are forgotten first.</param>
internal sealed class IdempotencyIndex(int capacity, long most = long.MaxValue)
{
    /// <summary>What a key costs beside its text and its answer.</summary>
    private const int Overhead = 250;

    private readonly Dictionary<string, Request> requests = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, Request Request)> order = new();

    private long bytes;

    internal int Count => requests.Count;

    /// <summary>Null when the key is new; then the caller appends and calls <see cref="Begin"/>.</summary>
    internal AppendReceipt? Find(IdempotencyKey key)
    {
        if (!requests.TryGetValue(key.Key, out var known))
        {
            return null;
        }

        if (known.Digest != key.Request)
        {
            return new(AppendOutcome.KeyReused, default, default, default);
        }

        return known.Durable
            ? new(AppendOutcome.Replayed, known.First, known.Last, known.Answer)
            : new(AppendOutcome.InFlight, default, default, default);
    }

    /// <summary>Claims the key for a request whose frame is on its way. Keeps the answer's memory.</summary>
    internal Request Begin(IdempotencyKey key)
    {
        var request = new Request(key.Request, key.Answer);
        requests[key.Key] = request;
        if (!key.Answer.IsEmpty)
        {
            order.Enqueue((key.Key, request));
            bytes += SizeOf(key.Key, key.Answer);
            while (order.Count > 1 && (order.Count > capacity || bytes > most))
            {
                var oldest = order.Dequeue();
                bytes -= SizeOf(oldest.Key, oldest.Request.Answer);
                Abandon(oldest.Key, oldest.Request);
            }
        }

        return request;
    }

    /// <summary>Gives a key back: nothing came of its request, or it is forgotten. Its place in the order goes with the oldest.</summary>
    internal void Abandon(string key, Request request)
    {
        if (requests.TryGetValue(key, out var current) && ReferenceEquals(current, request))
        {
            requests.Remove(key);
        }
    }

    private static long SizeOf(string key, ReadOnlyMemory<byte> answer) => (2L * key.Length) + answer.Length + Overhead;

    internal sealed class Request(Digest digest, ReadOnlyMemory<byte> answer)
    {
        internal Digest Digest => digest;

        internal ReadOnlyMemory<byte> Answer => answer;

        internal bool Durable { get; private set; }

        internal Horizon First { get; private set; }

        internal Horizon Last { get; private set; }

        internal void Complete(Horizon first, Horizon last)
        {
            First = first;
            Last = last;
            Durable = true;
        }
    }
}
