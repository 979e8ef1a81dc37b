using System.Buffers.Binary;
using System.Globalization;
using Flyball.Engine.Identity;

namespace Flyball.Serving.Parity;

/// <summary>
/// Chooses keys until their predictions are enough, each key whole.
/// <list type="number">
/// <item>Keys are ordered by a hash of their text, which has nothing to do with when or how often they come.</item>
/// <item>The lowest keys are kept whose predictions together reach the size; a key that is not among them is forgotten and never comes back.</item>
/// </list>
/// The same log gives the same sample in any order of reading. Memory: a position for each prediction of the keys kept.
/// </summary>
internal sealed class KeySample(int size, ulong salt)
{
    private static readonly Comparer<(ulong Hash, string Key)> Ordered = Comparer<(ulong Hash, string Key)>.Create(
        static (a, b) => a.Hash == b.Hash ? string.CompareOrdinal(a.Key, b.Key) : a.Hash.CompareTo(b.Hash));

    private readonly SortedSet<(ulong Hash, string Key)> order = new(Ordered);
    private readonly Dictionary<string, List<long>> kept = new(StringComparer.Ordinal);
    private (ulong Hash, string Key)? limit;
    private long total;

    /// <summary>How many keys are kept.</summary>
    public int Keys => kept.Count;

    public void Offer(string key, long position)
    {
        var at = (Hash(key), key);
        if (limit is { } above && Ordered.Compare(at, above) >= 0)
        {
            return;
        }

        if (!kept.TryGetValue(key, out var positions))
        {
            kept[key] = positions = [];
            order.Add(at);
        }

        positions.Add(position);
        total++;
        while (order.Count > 1 && total - kept[order.Max.Key].Count >= size)
        {
            var last = order.Max;
            total -= kept[last.Key].Count;
            kept.Remove(last.Key);
            order.Remove(last);
            limit = last;
        }
    }

    /// <summary>Positions of the predictions of the keys kept, rising.</summary>
    public IReadOnlyList<long> Positions() => [.. kept.Values.SelectMany(p => p).Order()];

    private ulong Hash(string key) =>
        BinaryPrimitives.ReadUInt64LittleEndian(Digest.Of(string.Create(CultureInfo.InvariantCulture, $"{salt} {key}")).ToBytes());
}
