using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Quality;

/// <summary>A column as it was when the reference was frozen. Categories are kept as fingerprints: the reference holds no value of a text.</summary>
public sealed record ColumnReference
{
    private FrozenDictionary<ulong, int>? places;

    public required string Name { get; init; }

    /// <summary>Inner edges of the bins of a numeric column, ascending; empty for categories.</summary>
    public IReadOnlyList<double> Edges { get; init; } = [];

    /// <summary>Fingerprints of the known categories, the most frequent first; empty for bins and for a column of too many values.</summary>
    public IReadOnlyList<ulong> Categories { get; init; } = [];

    /// <summary>Rows of each cell: a bin, one of the first categories, or (the last) the known rest.</summary>
    public IReadOnlyList<long> Cells { get; init; } = [];

    public required long Nulls { get; init; }

    /// <summary>Categories that were seen once: their share is the chance that the next row is new (Good and Turing).</summary>
    public long Singletons { get; init; }

    public required EffectScale NullScale { get; init; }

    public EffectScale? ShiftScale { get; init; }

    public EffectScale? UnseenScale { get; init; }

    /// <summary>Of a numeric column of bins; null in references that were frozen before ranges were measured.</summary>
    public ValueRange? Range { get; init; }

    /// <summary>Of a text of too many values to be categories; null as <see cref="Range"/>.</summary>
    public TextShape? Shape { get; init; }

    /// <summary>Whether a value has a cell.</summary>
    [JsonIgnore]
    public bool IsCompared => Cells.Count > 0;

    /// <summary>The cell of a value, or -1 for a category that the reference never had.</summary>
    internal int CellOf(in Value value)
    {
        if (Edges.Count > 0)
        {
            _ = value.TryGetNumber(out var number);
            var bin = 0;
            while (bin < Edges.Count && number >= Edges[bin])
            {
                bin++;
            }

            return bin;
        }

        places ??= Categories.Select((c, i) => (c, i)).ToFrozenDictionary(p => p.c, p => Math.Min(p.i, Cells.Count - 1));
        return places.TryGetValue(Fingerprint(value), out var cell) ? cell : -1;
    }

    /// <summary>64 bits that stand for a value: the bits of a number, FNV-1a of a text.</summary>
    internal static ulong Fingerprint(in Value value)
    {
        switch (value.Kind)
        {
            case ScalarType.Text:
                var hash = 14695981039346656037UL;
                foreach (var unit in value.AsText)
                {
                    hash = unchecked((hash ^ unit) * 1099511628211UL);
                }

                return hash;
            case ScalarType.Boolean:
                return value.AsBoolean ? 1UL : 0UL;
            case ScalarType.Integer:
                return BitConverter.DoubleToUInt64Bits(value.AsInteger);
            case ScalarType.Number:
                return BitConverter.DoubleToUInt64Bits(value.AsNumber);
            default:
                return unchecked((ulong)value.AsTimestamp.Micros);
        }
    }
}
