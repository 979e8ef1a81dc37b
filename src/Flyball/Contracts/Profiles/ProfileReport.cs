using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;

namespace Flyball.Contracts.Profiles;

/// <summary>A profile as people and tools read it: figures instead of sketches, timestamps as RFC 3339.</summary>
public static class ProfileReport
{
    private const int MostValues = 10;

    private static readonly (string Name, double Probability)[] Shown =
        [("p1", 0.01), ("p5", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95), ("p99", 0.99)];

    /// <summary>The figures of a table: <c>rows</c>, <c>columns</c> and the bounds of their errors.</summary>
    public static JsonObject Of(TableProfile profile) => new()
    {
        ["rows"] = profile.Rows,
        ["columns"] = new JsonArray([.. profile.Columns.Select(c => (JsonNode)Of(c))]),
        ["errors"] = new JsonObject
        {
            ["quantile_rank"] = QuantileSketch.RankError,
            ["distinct_relative"] = DistinctSketch.StandardError,
            ["frequent_share"] = Math.Round(1.0 / HeavyHitters.ErrorDivisor, 6),
        },
        ["digest"] = profile.Digest.Hex,
    };

    private static JsonObject Of(ColumnProfile column)
    {
        var json = new JsonObject
        {
            ["name"] = column.Column.Name,
            ["type"] = column.Column.Type.ToString().ToLowerInvariant(),
            ["opaque"] = column.Column.IsOpaque,
            ["nulls"] = column.Nulls,
            ["null_rate"] = Share(column.Nulls, column.Rows),
            ["distinct"] = column.Distinct.Estimate,
            ["distinct_is_exact"] = column.Distinct.IsExact,
        };
        if (column.Column.Type == ScalarType.Text)
        {
            json["blanks"] = column.Blanks;
            json["lengths"] = column.Lengths is { } lengths
                ? new JsonObject { ["min"] = lengths.Shortest, ["max"] = lengths.Longest, ["mean"] = Rounded(column.Mean) }
                : null;
        }
        else if (!column.Column.IsOpaque)
        {
            AddMeasures(json, column);
        }

        if (column.Frequent is { } frequent)
        {
            json["frequent"] = new JsonArray([.. frequent.ToList().Where(v => v.Count > frequent.Error).Take(MostValues).Select(v => (JsonNode)new JsonObject
            {
                ["value"] = Of(v.Value),
                ["count"] = v.Count,
                ["share"] = Share(v.Count, column.Present),
            })]);
            json["frequent_error"] = frequent.Error;
        }

        return json;
    }

    private static void AddMeasures(JsonObject json, ColumnProfile column)
    {
        json["min"] = Of(column.Min);
        json["max"] = Of(column.Max);
        json["mean"] = column.Column.Type == ScalarType.Timestamp ? Moment(column.Mean) : Rounded(column.Mean);
        if (column.Column.Type != ScalarType.Timestamp)
        {
            json["standard_deviation"] = column.Variance is { } variance ? Rounded(Math.Sqrt(variance)) : null;
        }

        if (column.Quantiles is { Count: > 0 } sketch)
        {
            var quantiles = sketch.Quantiles([.. Shown.Select(s => s.Probability)]);
            json["quantiles"] = new JsonObject(Shown.Select((s, i) => KeyValuePair.Create(
                s.Name, column.Column.Type == ScalarType.Timestamp ? Moment(quantiles[i]) : (JsonNode?)JsonValue.Create(quantiles[i]))));
        }
    }

    private static JsonValue? Of(in Value value) => value.Kind switch
    {
        null => null,
        ScalarType.Boolean => JsonValue.Create(value.AsBoolean),
        ScalarType.Integer => JsonValue.Create(value.AsInteger),
        ScalarType.Number => JsonValue.Create(value.AsNumber),
        _ => JsonValue.Create(value.ToString()),
    };

    private static JsonValue? Moment(double? micros) => micros is { } m ? JsonValue.Create(Value.FromTimestamp((long)m).ToString()) : null;

    private static JsonValue? Rounded(double? number) =>
        number is { } n ? JsonValue.Create(double.Parse(n.ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)) : null;

    private static double? Share(long part, long whole) => whole == 0 ? null : Math.Round((double)part / whole, 6);
}
