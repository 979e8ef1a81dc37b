using System.Numerics;

namespace Flyball.Features.History;

/// <summary>
/// Hashes of the keys that the spine asks for, so that events of other entities are left where they are. Above a size it holds every key:
/// then filtering costs more memory than it saves.
/// </summary>
internal sealed class KeySet
{
    private const int Most = 1 << 22;

    private ulong[] slots = new ulong[1 << 10];
    private bool holdsZero;

    /// <summary>Distinct hashes; fewer than keys once it holds everything.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count >= Most;

    public void Add(ulong hash)
    {
        if (hash == 0)
        {
            holdsZero = true;
            return;
        }

        if (IsFull || !TryPlace(slots, hash))
        {
            return;
        }

        Count++;
        if (Count * 2 > slots.Length)
        {
            var wider = new ulong[slots.Length * 2];
            foreach (var known in slots)
            {
                if (known != 0)
                {
                    TryPlace(wider, known);
                }
            }

            slots = wider;
        }
    }

    public bool Holds(ulong hash)
    {
        if (hash == 0 || IsFull)
        {
            return IsFull || holdsZero;
        }

        var mask = slots.Length - 1;
        for (var at = Start(hash, mask); slots[at] != 0; at = (at + 1) & mask)
        {
            if (slots[at] == hash)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryPlace(ulong[] into, ulong hash)
    {
        var mask = into.Length - 1;
        var at = Start(hash, mask);
        while (into[at] != 0)
        {
            if (into[at] == hash)
            {
                return false;
            }

            at = (at + 1) & mask;
        }

        into[at] = hash;
        return true;
    }

    private static int Start(ulong hash, int mask) => (int)BitOperations.RotateLeft(hash, 17) & mask;
}
