using Flyball.Training;

namespace Flyball.Serving.Degradation;

/// <summary>
/// Scores of one model that were made lately.
/// <list type="number">
/// <item>A score is found by the digest of its version and of its features: what is found is what scoring again would give.</item>
/// <item>All are fresh for the same time, so the oldest is the first to go, by age and by number alike.</item>
/// </list>
/// Thread-safe. Cost: a lock and a look-up.
/// </summary>
internal sealed class ScoreCache(string model, CacheTerms terms, TimeProvider time)
{
    private readonly Lock changing = new();
    private readonly Dictionary<ScoreKey, Entry> entries = [];
    private readonly Queue<(ScoreKey Key, long At)> order = new();
    private readonly long fresh = (long)(terms.FreshMicros * (time.TimestampFrequency / 1e6));

    public CacheTerms Terms => terms;

    /// <summary>How many are kept now.</summary>
    public int Count
    {
        get
        {
            lock (changing)
            {
                return entries.Count;
            }
        }
    }

    public bool TryFind(in ScoreKey key, out Score score)
    {
        Entry found;
        lock (changing)
        {
            score = default;
            if (!entries.TryGetValue(key, out found) || time.GetTimestamp() - found.At >= fresh)
            {
                ServingMeters.CacheMissed(model);
                return false;
            }
        }

        score = found.Score;
        ServingMeters.CacheHit(model, found.Micros);
        return true;
    }

    /// <param name="micros">What making it cost.</param>
    public void Keep(in ScoreKey key, in Score score, double micros)
    {
        var now = time.GetTimestamp();
        lock (changing)
        {
            while (order.TryPeek(out var oldest) && (now - oldest.At >= fresh || entries.Count >= terms.Entries))
            {
                order.Dequeue();
                entries.Remove(oldest.Key);
            }

            if (entries.TryAdd(key, new Entry(score, now, micros)))
            {
                order.Enqueue((key, now));
            }
        }
    }

    private readonly record struct Entry(Score Score, long At, double Micros);
}
