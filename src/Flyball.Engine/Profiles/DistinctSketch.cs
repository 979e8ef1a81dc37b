using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;

namespace Flyball.Engine.Profiles;

/// <summary>
/// How many different values there were: the values' hashes themselves while they are few, then HyperLogLog (Flajolet, Fusy, Gandouet and
/// Meunier 2007) with 2^12 registers.
/// <list type="number">
/// <item>Up to 256 different hashes are kept, and their number is the answer.</item>
/// <item>After that, 12 bits of a hash choose a register, which remembers the largest position of the first one in the other 52 bits.</item>
/// <item>The registers' histogram gives the estimate, by the formula of Ertl, "New cardinality estimation algorithms for HyperLogLog
/// sketches" (2017), algorithm 6, which has no bias at either end and needs no tables.</item>
/// </list>
/// Merging is exact: the state depends on the set of values alone, not on their order or on how they were split. Not thread-safe.
/// </summary>
public sealed class DistinctSketch
{
    /// <summary>The most different values for which the count is exact (but for a collision of 64-bit hashes).</summary>
    public const int ExactLimit = 256;

    /// <summary>Standard deviation of the estimate relative to the truth beyond <see cref="ExactLimit"/>: 1.04 / sqrt(2^12).</summary>
    public const double StandardError = 1.04 / 64;

    private const int IndexBits = 12;
    private const int Registers = 1 << IndexBits;
    private const int RankBits = 64 - IndexBits;

    // An open hash set in which 0 is an empty place; null once there are registers.
    private ulong[]? hashes;
    private byte[]? registers;
    private int held;

    /// <param name="exactWhileFew">False keeps registers from the start: a hash of a personal value could be tried out against a list of
    /// all possible values, a register names hardly one of them.</param>
    public DistinctSketch(bool exactWhileFew = true)
    {
        hashes = exactWhileFew ? new ulong[16] : null;
        registers = exactWhileFew ? null : new byte[Registers];
    }

    /// <summary>Whether <see cref="Estimate"/> is the exact number.</summary>
    public bool IsExact => hashes is not null;

    /// <summary>The number of different values. Cost: one pass over the registers.</summary>
    public long Estimate => hashes is not null ? held : EstimateFromRegisters();

    /// <summary>Adds a value that is not null.</summary>
    public void Add(in Value value) => Add(ValueHash.Of(value));

    /// <summary>Adds a value by its hash. Cost: about 3 ns.</summary>
    internal void Add(ulong hash)
    {
        if (registers is not null)
        {
            Raise(hash);
            return;
        }

        // 0 marks an empty place, so one hash of 2^64 shares its neighbour's.
        hash = hash == 0 ? 1 : hash;
        var mask = (ulong)hashes!.Length - 1;
        var at = hash & mask;
        while (hashes[at] != 0)
        {
            if (hashes[at] == hash)
            {
                return;
            }

            at = (at + 1) & mask;
        }

        Insert(hash, at);
    }

    /// <summary>Adds what another sketch has seen; it stays as it is.</summary>
    public void Merge(DistinctSketch other)
    {
        if (other.hashes is not null)
        {
            foreach (var hash in other.hashes.Where(h => h != 0).ToArray())
            {
                Add(hash);
            }

            return;
        }

        TurnToRegisters();
        for (var i = 0; i < Registers; i++)
        {
            registers![i] = Math.Max(registers[i], other.registers![i]);
        }
    }

    public JsonObject ToJson()
    {
        if (hashes is null)
        {
            return new JsonObject { ["registers"] = Convert.ToBase64String(registers!) };
        }

        var bytes = new byte[held * sizeof(ulong)];
        var at = 0;
        foreach (var hash in hashes.Where(h => h != 0).Order())
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), hash);
            at += sizeof(ulong);
        }

        return new JsonObject { ["hashes"] = Convert.ToBase64String(bytes) };
    }

    /// <exception cref="InvalidDataException">The document is not such a state.</exception>
    public static DistinctSketch Read(JsonObject json)
    {
        var isExact = json.ContainsKey("hashes");
        var sketch = new DistinctSketch(isExact);
        var bytes = ProfileJson.Bytes(json, isExact ? "hashes" : "registers");
        if (!isExact)
        {
            sketch.registers = bytes.Length == Registers && !bytes.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)(RankBits + 1)) ? bytes : throw ProfileJson.Damaged("registers");
            return sketch;
        }

        if (bytes.Length % sizeof(ulong) != 0 || bytes.Length / sizeof(ulong) > ExactLimit)
        {
            throw ProfileJson.Damaged("hashes");
        }

        for (var at = 0; at < bytes.Length; at += sizeof(ulong))
        {
            sketch.Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
        }

        return sketch;
    }

    private void Insert(ulong hash, ulong at)
    {
        if (held == ExactLimit)
        {
            TurnToRegisters();
            Raise(hash);
            return;
        }

        hashes![at] = hash;
        if (++held * 2 <= hashes.Length)
        {
            return;
        }

        var old = hashes;
        hashes = new ulong[old.Length * 2];
        held = 0;
        foreach (var kept in old.Where(h => h != 0))
        {
            Add(kept);
        }
    }

    private void TurnToRegisters()
    {
        if (hashes is null)
        {
            return;
        }

        var kept = hashes;
        (hashes, registers) = (null, new byte[Registers]);
        foreach (var hash in kept.Where(h => h != 0))
        {
            Raise(hash);
        }
    }

    private void Raise(ulong hash)
    {
        var rank = (byte)(BitOperations.LeadingZeroCount((hash << IndexBits) | (1UL << (IndexBits - 1))) + 1);
        ref var register = ref registers![hash >> RankBits];
        register = Math.Max(register, rank);
    }

    private long EstimateFromRegisters()
    {
        Span<int> histogram = stackalloc int[RankBits + 2];
        histogram.Clear();
        foreach (var rank in registers!)
        {
            histogram[rank]++;
        }

        var z = Registers * Tau(1 - ((double)histogram[RankBits + 1] / Registers));
        for (var rank = RankBits; rank >= 1; rank--)
        {
            z = 0.5 * (z + histogram[rank]);
        }

        z += Registers * Sigma((double)histogram[0] / Registers);
        return double.IsPositiveInfinity(z) ? 0 : (long)Math.Round((double)Registers * Registers / (2 * Math.Log(2) * z));
    }

    private static double Sigma(double x)
    {
        if (x == 1)
        {
            return double.PositiveInfinity;
        }

        var (y, z) = (1.0, x);
        while (true)
        {
            x *= x;
            var before = z;
            z += x * y;
            y += y;
            if (z == before)
            {
                return z;
            }
        }
    }

    private static double Tau(double x)
    {
        if (x is 0 or 1)
        {
            return 0;
        }

        var (y, z) = (1.0, 1 - x);
        while (true)
        {
            x = Math.Sqrt(x);
            var before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
            if (z == before)
            {
                return z / 3;
            }
        }
    }
}
