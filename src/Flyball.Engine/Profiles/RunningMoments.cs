using System.Text.Json.Nodes;
using Flyball.Engine.Statistics;

namespace Flyball.Engine.Profiles;

/// <summary>
/// <see cref="Moments"/> in a form that is updated in place, value by value, with the same formulas. Values so large that their spread
/// overflows a double have no mean and no variance; their range stays known.
/// </summary>
internal struct RunningMoments
{
    private long count;
    private double mean;
    private double squares;
    private double min;
    private double max;

    public readonly long Count => count;

    public readonly double Min => min;

    public readonly double Max => max;

    /// <summary>Null when empty or beyond what a double holds.</summary>
    public readonly double? Mean => count > 0 && double.IsFinite(mean) && double.IsFinite(squares) ? mean : null;

    /// <summary>With divisor n - 1; null below two values or beyond what a double holds.</summary>
    public readonly double? Variance => count > 1 && Mean is not null ? squares / (count - 1) : null;

    public void Add(double value)
    {
        min = count == 0 || value < min ? value : min;
        max = count == 0 || value > max ? value : max;
        count++;
        var delta = value - mean;
        mean += delta / count;
        squares += delta * (value - mean);
    }

    public void Merge(in RunningMoments other)
    {
        if (other.count == 0)
        {
            return;
        }

        if (count == 0)
        {
            this = other;
            return;
        }

        var whole = count + other.count;
        var delta = other.mean - mean;
        mean += delta * other.count / whole;
        squares += other.squares + (delta * delta * count * other.count / whole);
        min = Math.Min(min, other.min);
        max = Math.Max(max, other.max);
        count = whole;
    }

    public readonly JsonObject ToJson()
    {
        var json = new JsonObject { ["count"] = count };
        if (count > 0)
        {
            json["min"] = min;
            json["max"] = max;
            json["mean"] = Mean is null ? null : mean;
            json["squares"] = Mean is null ? null : squares;
        }

        return json;
    }

    public static RunningMoments Read(JsonObject json)
    {
        var values = ProfileJson.Count(json, "count");
        return values == 0 ? default : new RunningMoments
        {
            count = values,
            min = ProfileJson.Number(json, "min"),
            max = ProfileJson.Number(json, "max"),
            mean = json["mean"] is null ? double.NaN : ProfileJson.Number(json, "mean"),
            squares = json["squares"] is null ? double.NaN : ProfileJson.Number(json, "squares"),
        };
    }
}
