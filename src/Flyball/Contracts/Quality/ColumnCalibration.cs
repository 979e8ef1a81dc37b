using System.Runtime.InteropServices;
using Flyball.Engine.Expressions;
using Flyball.Engine.Statistics;

namespace Flyball.Contracts.Quality;

/// <summary>Makes the reference of one column: its cells, and how far pieces of it stray. A column that cannot be compared keeps its null rate.</summary>
internal sealed class ColumnCalibration
{
    private const int OwnCells = 50;
    private const int MostCategories = 1_000;
    private const int FewestPresent = 50;

    private readonly int[] ids;
    private readonly long[] totals;
    private readonly int[] first;
    private readonly int[] last;
    private readonly long nulls;

    private ColumnCalibration(int[] ids, int cells, int categories)
    {
        this.ids = ids;
        totals = new long[cells];
        first = Enumerable.Repeat(int.MaxValue, categories).ToArray();
        last = new int[categories];
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0)
            {
                nulls++;
                continue;
            }

            if (cells > 0)
            {
                totals[Math.Min(ids[i], cells - 1)]++;
            }

            if (categories > 0)
            {
                first[ids[i]] = Math.Min(first[ids[i]], i);
                last[ids[i]] = i;
            }
        }
    }

    public static ColumnReference Of(Field field, List<Value> values, Pieces pieces)
    {
        if (field.Type != ScalarType.Timestamp && Categories(values, field.Type) is { Count: > 0 } categories)
        {
            return OfCategories(field.Name, values, categories, pieces);
        }

        if (field.Type is ScalarType.Integer or ScalarType.Number && values.Exists(v => !v.IsNull))
        {
            return OfBins(field.Name, values, pieces);
        }

        var isText = field.Type == ScalarType.Text && values.Exists(v => !v.IsNull);
        var calibration = new ColumnCalibration([.. values.Select(v => v.IsNull ? -1 : 0)], 0, 0);
        return new ColumnReference { Name = field.Name, Nulls = calibration.nulls, NullScale = EffectScale.Over(pieces, calibration.NullEffect), Shape = isText ? ShapeOf(values, pieces) : null };
    }

    private static ColumnReference OfCategories(string name, List<Value> values, Dictionary<ulong, long> categories, Pieces pieces)
    {
        ulong[] ordered = [.. categories.OrderByDescending(c => c.Value).ThenBy(c => c.Key).Select(c => c.Key)];
        var places = ordered.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i);
        int[] found = [.. values.Select(v => v.IsNull ? -1 : places[ColumnReference.Fingerprint(v)])];
        var calibration = new ColumnCalibration(found, Math.Min(ordered.Length, OwnCells + 1), ordered.Length);
        return new ColumnReference
        {
            Name = name,
            Categories = ordered,
            Cells = calibration.totals,
            Nulls = calibration.nulls,
            Singletons = categories.Values.LongCount(c => c == 1),
            NullScale = EffectScale.Over(pieces, calibration.NullEffect),
            ShiftScale = EffectScale.Over(pieces, calibration.ShiftEffect),
            UnseenScale = EffectScale.Over(pieces, calibration.UnseenEffect),
        };
    }

    private static ColumnReference OfBins(string name, List<Value> values, Pieces pieces)
    {
        double[] numbers = [.. values.Where(v => !v.IsNull).Select(v => v.TryGetNumber(out var number) ? number : 0)];
        Array.Sort(numbers);
        var edges = BinEdges.Of(numbers);
        var shape = new ColumnReference { Name = name, Edges = edges, Nulls = 0, NullScale = new EffectScale([], []) };
        var calibration = new ColumnCalibration([.. values.Select(v => v.IsNull ? -1 : shape.CellOf(v))], edges.Count + 1, 0);
        return shape with
        {
            Cells = calibration.totals,
            Nulls = calibration.nulls,
            NullScale = EffectScale.Over(pieces, calibration.NullEffect),
            ShiftScale = EffectScale.Over(pieces, calibration.ShiftEffect),
            Range = RangeCalibration.Of(values, pieces),
        };
    }

    private static TextShape ShapeOf(List<Value> values, Pieces pieces)
    {
        double[] lengths = [.. values.Where(v => !v.IsNull).Select(v => (double)TextShape.LengthOf(v.AsText))];
        Array.Sort(lengths);
        var none = new EffectScale([], []);
        var shape = new TextShape { Blanks = 0, LengthEdges = BinEdges.Of(lengths), Lengths = [], Spread = [], BlankScale = none, LengthScale = none, SpreadScale = none };
        var blank = new ColumnCalibration([.. values.Select(v => !v.IsNull && TextShape.LengthOf(v.AsText) == 0 ? -1 : 0)], 0, 0);
        var length = new ColumnCalibration([.. values.Select(v => v.IsNull ? -1 : shape.LengthCellOf(v.AsText))], shape.LengthEdges.Count + 1, 0);
        var spread = new ColumnCalibration([.. values.Select(v => v.IsNull ? -1 : TextShape.SpreadCellOf(v))], TextShape.SpreadCells, 0);
        return shape with
        {
            Blanks = blank.nulls,
            Lengths = length.totals,
            Spread = spread.totals,
            BlankScale = EffectScale.Over(pieces, blank.NullEffect),
            LengthScale = EffectScale.Over(pieces, length.ShiftEffect),
            SpreadScale = EffectScale.Over(pieces, spread.ShiftEffect),
        };
    }

    /// <summary>The different values and how often; null when they are too many to be categories.</summary>
    private static Dictionary<ulong, long>? Categories(List<Value> values, ScalarType type)
    {
        var most = type is ScalarType.Integer or ScalarType.Number ? QuantileBins.DistinctLimit : Math.Min(MostCategories, values.Count / 10);
        var counts = new Dictionary<ulong, long>();
        foreach (var value in values)
        {
            if (!value.IsNull)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, ColumnReference.Fingerprint(value), out _)++;
                if (counts.Count > most)
                {
                    return null;
                }
            }
        }

        return counts;
    }

    private double NullEffect(int start, int size)
    {
        long inside = 0;
        foreach (var id in ids.AsSpan(start, size))
        {
            inside += id < 0 ? 1 : 0;
        }

        return Math.Abs(((double)inside / size) - ((double)(nulls - inside) / (ids.Length - size)));
    }

    private double ShiftEffect(int start, int size)
    {
        var cells = new long[totals.Length];
        var present = 0;
        foreach (var id in ids.AsSpan(start, size))
        {
            if (id >= 0)
            {
                cells[Math.Min(id, cells.Length - 1)]++;
                present++;
            }
        }

        if (present < FewestPresent || ids.Length - nulls - present < FewestPresent)
        {
            return 0;
        }

        var rest = new long[cells.Length];
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] = totals[i] - cells[i];
        }

        return CohenEffect.EffectOf(rest, cells);
    }

    /// <summary>Share of rows whose category is nowhere else: what a batch would have brought as new.</summary>
    private double UnseenEffect(int start, int size)
    {
        long only = 0;
        foreach (var id in ids.AsSpan(start, size))
        {
            only += id >= 0 && first[id] >= start && last[id] < start + size ? 1 : 0;
        }

        return (double)only / size;
    }
}
