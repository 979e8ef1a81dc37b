using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Statistics;

namespace Flyball.Engine.Profiles;

/// <summary>
/// What one column looked like over any number of rows, in constant memory: about 20 kB. Profiles of parts merge to the profile of the whole:
/// counts, range and histogram exactly, mean and variance up to rounding, distinct count to the same state, quantiles and frequent values
/// within their stated errors. Not thread-safe.
/// </summary>
public sealed class ColumnProfile
{
    private readonly QuantileSketch? quantiles;
    private readonly HeavyHitters? frequent;
    private readonly DistinctSketch distinct;
    private readonly long[]? bins;
    private RunningMoments moments;
    private long least = long.MaxValue;
    private long most = long.MinValue;
    private long unseen;

    public ColumnProfile(ProfiledColumn column)
        : this(column, new DistinctSketch(!column.IsOpaque), column.IsOpaque ? null : new HeavyHitters(), HasQuantiles(column) ? new QuantileSketch() : null)
    {
    }

    private ColumnProfile(ProfiledColumn column, DistinctSketch distinct, HeavyHitters? frequent, QuantileSketch? quantiles)
    {
        Column = column;
        this.distinct = distinct;
        this.frequent = frequent;
        this.quantiles = quantiles;
        bins = column.Bins is { } b && quantiles is not null ? new long[b.Count] : null;
    }

    public ProfiledColumn Column { get; }

    /// <summary>Rows seen, with or without a value.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows without a value.</summary>
    public long Nulls { get; private set; }

    /// <summary>Texts that are empty or of white space alone.</summary>
    public long Blanks { get; private set; }

    /// <summary>Rows with a value.</summary>
    public long Present => Rows - Nulls;

    /// <summary>Of a whole number or timestamp, exact; of a number or boolean too. Null for a text, an opaque column and no value.</summary>
    public Value Min => Bound(least, moments.Min);

    /// <summary>As <see cref="Min"/>.</summary>
    public Value Max => Bound(most, moments.Max);

    /// <summary>Mean of the values, or of the lengths of texts in UTF-16 units; a boolean counts 0 or 1, a timestamp microseconds. Null when there is none.</summary>
    public double? Mean => moments.Mean;

    /// <summary>Variance of what <see cref="Mean"/> is of, with divisor n - 1.</summary>
    public double? Variance => moments.Variance;

    /// <summary>The shortest and the longest text in UTF-16 units; null for another type and no value.</summary>
    public (int Shortest, int Longest)? Lengths =>
        Column.Type == ScalarType.Text && moments.Count > 0 ? ((int)moments.Min, (int)moments.Max) : null;

    /// <summary>How many different values.</summary>
    public DistinctSketch Distinct => distinct;

    /// <summary>The most frequent values; null for an opaque column.</summary>
    public HeavyHitters? Frequent => frequent;

    /// <summary>Quantiles of whole numbers, numbers and timestamps (microseconds); null for other types and opaque columns.</summary>
    public QuantileSketch? Quantiles => quantiles;

    /// <summary>Rows in the column's frozen bins; null when it has none.</summary>
    public BinCounts? Histogram => bins is null ? null : new BinCounts([.. bins], Nulls, Unseen: unseen);

    /// <exception cref="InvalidOperationException">The value is of another type than the column.</exception>
    public void Add(in Value value)
    {
        if (value.IsNull)
        {
            Rows++;
            Nulls++;
            return;
        }

        switch (Column.Type)
        {
            case ScalarType.Text:
                AddText(value, value.AsText);
                break;
            case ScalarType.Number:
                AddNumber(value, value.AsNumber);
                break;
            case ScalarType.Boolean:
                AddWhole(value, value.AsBoolean ? 1 : 0);
                break;
            case ScalarType.Integer:
                AddWhole(value, value.AsInteger);
                break;
            default:
                AddWhole(value, value.AsTimestamp.Micros);
                break;
        }

        Rows++;
    }

    /// <summary>Adds what another profile of this column has seen; it stays as it is.</summary>
    /// <exception cref="ArgumentException">The other is of another column.</exception>
    public void Merge(ColumnProfile other)
    {
        if (Column != other.Column)
        {
            throw new ArgumentException($"A profile of '{other.Column.Name}' does not fit '{Column.Name}': name, type, opacity or bins differ.", nameof(other));
        }

        Rows += other.Rows;
        Nulls += other.Nulls;
        Blanks += other.Blanks;
        unseen += other.unseen;
        (least, most) = (Math.Min(least, other.least), Math.Max(most, other.most));
        var theirs = other.moments;
        moments.Merge(theirs);
        distinct.Merge(other.distinct);
        frequent?.Merge(other.frequent!);
        quantiles?.Merge(other.quantiles!);
        for (var i = 0; i < bins?.Length; i++)
        {
            bins[i] += other.bins![i];
        }
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["name"] = Column.Name,
            ["type"] = ProfileJson.NameOf(Column.Type),
            ["opaque"] = Column.IsOpaque,
            ["rows"] = Rows,
            ["nulls"] = Nulls,
            ["blanks"] = Blanks,
            ["moments"] = moments.ToJson(),
            ["distinct"] = distinct.ToJson(),
        };
        if (least <= most)
        {
            json["least"] = least;
            json["most"] = most;
        }

        if (frequent is not null)
        {
            json["frequent"] = frequent.ToJson();
        }

        if (quantiles is not null)
        {
            json["quantiles"] = quantiles.ToJson();
        }

        if (Column.Bins is { } frozen)
        {
            json["edges"] = ToJson(frozen.Edges);
            json["values"] = ToJson(frozen.Values);
            json["bins"] = new JsonArray([.. (bins ?? []).Select(b => (JsonNode)JsonValue.Create(b))]);
            json["unseen"] = unseen;
        }

        return json;
    }

    /// <exception cref="InvalidDataException">The document is not such a state.</exception>
    public static ColumnProfile Read(JsonObject json)
    {
        var column = new ProfiledColumn(ProfileJson.Text(json, "name"), ProfileJson.TypeOf(json, "type"), ProfileJson.Flag(json, "opaque"), ReadBins(json));
        var profile = new ColumnProfile(
            column,
            DistinctSketch.Read(ProfileJson.Section(json, "distinct")),
            column.IsOpaque ? null : HeavyHitters.Read(ProfileJson.Section(json, "frequent"), column.Type),
            HasQuantiles(column) ? QuantileSketch.Read(ProfileJson.Section(json, "quantiles")) : null)
        {
            Rows = ProfileJson.Count(json, "rows"),
            Nulls = ProfileJson.Count(json, "nulls"),
            Blanks = ProfileJson.Count(json, "blanks"),
        };
        profile.moments = RunningMoments.Read(ProfileJson.Section(json, "moments"));
        if (json.ContainsKey("least"))
        {
            (profile.least, profile.most) = (ProfileJson.Whole(json, "least"), ProfileJson.Whole(json, "most"));
        }

        if (profile.bins is { } counts)
        {
            var stored = ProfileJson.Items(json, "bins");
            profile.unseen = ProfileJson.Count(json, "unseen");
            for (var i = 0; i < counts.Length; i++)
            {
                counts[i] = i < stored.Count ? (long)ProfileJson.Number(stored[i], "bins") : throw ProfileJson.Damaged("bins");
            }
        }

        return profile.Nulls <= profile.Rows ? profile : throw ProfileJson.Damaged("nulls");
    }

    private static bool HasQuantiles(ProfiledColumn column) =>
        !column.IsOpaque && column.Type is ScalarType.Integer or ScalarType.Number or ScalarType.Timestamp;

    private static QuantileBins? ReadBins(JsonObject json)
    {
        if (!json.ContainsKey("edges"))
        {
            return null;
        }

        try
        {
            return new QuantileBins(Numbers(json, "edges"), Numbers(json, "values"));
        }
        catch (ArgumentException)
        {
            throw ProfileJson.Damaged("edges");
        }
    }

    private static ImmutableArray<double> Numbers(JsonObject json, string name) => [.. ProfileJson.Items(json, name).Select(n => ProfileJson.Number(n, name))];

    private static JsonArray ToJson(ImmutableArray<double> numbers) => [.. numbers.Select(n => (JsonNode)JsonValue.Create(n))];

    private Value Bound(long whole, double number) => Column.IsOpaque || moments.Count == 0 ? Value.Null : Column.Type switch
    {
        ScalarType.Boolean => Value.FromBoolean(whole != 0),
        ScalarType.Integer => Value.FromInteger(whole),
        ScalarType.Timestamp => Value.FromTimestamp(whole),
        ScalarType.Number => Value.FromNumber(number),
        _ => Value.Null,
    };

    private void AddText(in Value value, string text)
    {
        var hash = ValueHash.Of(text);
        distinct.Add(hash);
        frequent?.Add(value, hash);
        moments.Add(text.Length);
        Blanks += string.IsNullOrWhiteSpace(text) ? 1 : 0;
    }

    private void AddWhole(in Value value, long whole)
    {
        var hash = ValueHash.Of(whole);
        distinct.Add(hash);
        if (Column.IsOpaque)
        {
            return;
        }

        frequent!.Add(value, hash);
        least = Math.Min(least, whole);
        most = Math.Max(most, whole);
        AddMeasure(whole);
    }

    private void AddNumber(in Value value, double number)
    {
        var hash = ValueHash.Of(BitConverter.DoubleToInt64Bits(number));
        distinct.Add(hash);
        if (!Column.IsOpaque)
        {
            frequent!.Add(value, hash);
            AddMeasure(number);
        }
    }

    private void AddMeasure(double number)
    {
        moments.Add(number);
        quantiles?.Add(number);
        if (bins is null)
        {
            return;
        }

        if (Column.Bins!.IndexOf(number) is { } bin)
        {
            bins[bin]++;
        }
        else
        {
            unseen++;
        }
    }
}
