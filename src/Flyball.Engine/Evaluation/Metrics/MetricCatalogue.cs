using System.Collections.Frozen;
using System.Globalization;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>Every metric of frozen rows by name: what gates, runs and reports mean by it is this one implementation.</summary>
public static class MetricCatalogue
{
    /// <summary>The definitions by name.</summary>
    public static FrozenDictionary<string, MetricDefinition> All { get; } =
        Collect([.. ClassificationMetrics.All, .. BinaryRowMetrics.All, .. MulticlassMetrics.All, .. NumericMetrics.All, .. RankingMetrics.All]);

    /// <summary>The metrics of a task with their usual parameters, by name; those that need a parameter are left out.</summary>
    public static IReadOnlyList<Metric> For(PredictionTasks task) =>
    [
        .. All.Values.Where(d => d.Tasks.HasFlag(task) && d.StandsAlone).OrderBy(d => d.Name, StringComparer.Ordinal)
            .Select(d => new Metric(d, [.. d.Parameters.Select(p => p.Default!.Value)])),
    ];

    /// <summary>The metric of a name with its usual parameters.</summary>
    /// <exception cref="KeyNotFoundException">There is none, or it needs a parameter: a bug of the caller.</exception>
    public static Metric Named(string name) =>
        TryFind(name, out var metric, out var refusal) ? metric! : throw new KeyNotFoundException(refusal);

    /// <summary>Reads a metric as a gate writes it: <c>recall</c>, <c>recall(0.3)</c>, <c>gain(10%)</c>.</summary>
    /// <param name="text">A name, and what stands in parentheses after it.</param>
    /// <param name="metric">Set when it returns true.</param>
    /// <param name="refusal">What is wrong, as a sentence without its stop, when it returns false.</param>
    public static bool TryFind(string text, out Metric? metric, out string? refusal)
    {
        metric = null;
        var written = text.AsSpan().Trim();
        var open = written.IndexOf('(');
        var name = (open < 0 ? written : written[..open]).Trim().ToString();
        if (!All.TryGetValue(name, out var definition))
        {
            refusal = $"there is no metric '{name}'";
            return false;
        }

        if (open >= 0 && written[^1] != ')')
        {
            refusal = $"the parenthesis after {name} is not closed";
            return false;
        }

        var inside = open < 0 ? "" : written[(open + 1)..^1].ToString();
        if (Arguments(definition, inside, out refusal) is not { } arguments)
        {
            return false;
        }

        metric = new Metric(definition, arguments);
        return true;
    }

    internal static FrozenDictionary<string, MetricDefinition> Collect(IReadOnlyList<MetricDefinition> definitions)
    {
        var twice = definitions.GroupBy(d => d.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        return twice is null
            ? definitions.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal)
            : throw new InvalidOperationException($"Two metrics are named {twice.Key}.");
    }

    private static double[]? Arguments(MetricDefinition definition, string inside, out string? refusal)
    {
        string[] given = inside.Trim().Length == 0 ? [] : inside.Split(',');
        if (given.Length > definition.Parameters.Count)
        {
            refusal = $"{definition.Name} takes {(definition.Parameters.Count == 0 ? "no parameter" : $"({string.Join(", ", definition.Parameters.Select(p => p.Name))})")}";
            return null;
        }

        var arguments = new double[definition.Parameters.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = definition.Parameters[i];
            var value = i < given.Length ? Number(given[i].AsSpan().Trim()) : parameter.Default;
            refusal = value is null
                ? i < given.Length ? $"'{given[i].Trim()}' is not a number" : $"{definition.Name} needs {parameter.Name}"
                : parameter.Refuse(value.Value);
            if (refusal is not null)
            {
                return null;
            }

            arguments[i] = value!.Value;
        }

        refusal = null;
        return arguments;
    }

    private static double? Number(ReadOnlySpan<char> text)
    {
        var percent = text.EndsWith('%');
        return double.TryParse(percent ? text[..^1] : text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? percent ? number / 100 : number
            : null;
    }
}
