using System.Globalization;
using System.Text.RegularExpressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Projects;
using Flyball.Training;

namespace Flyball.Rollout;

/// <summary>The section <c>rollout:</c> of a model: how a version takes over from the champion.</summary>
public sealed partial record RolloutDefinition
{
    /// <summary>Bad events: requests that the chosen version did not answer itself.</summary>
    public const string Errors = "errors";

    /// <summary>How far the canary's scores are distributed from the champion's.</summary>
    public const string ScoreDistribution = "score_distribution";

    /// <summary>How many predictions of the canary take longer than the budget, against the champion's.</summary>
    public const string Latency = "latency_p99";

    private const long DefaultBudgetMicros = 50_000;

    private static readonly string[] Known = [Errors, ScoreDistribution, Latency];

    /// <summary>Used for models without the section.</summary>
    public static RolloutDefinition Default { get; } = new();

    public string Strategy { get; init; } = "canary";

    /// <summary>Shares of the units, rising, in (0, 1]. A share of 1 has no control beside it: it stands for the promotion.</summary>
    public IReadOnlyList<decimal> Steps { get; init; } = [0.05m, 0.2m, 0.5m, 1m];

    /// <summary>Predictions that each arm needs in a step before the next.</summary>
    public long MinSamples { get; init; } = 200;

    public IReadOnlyList<string> Guardrails { get; init; } = [Errors, ScoreDistribution];

    /// <summary>After this long without a decision the rollout is held for a person.</summary>
    public long MaxDurationMicros { get; init; } = 7 * Clock.MicrosPerDay;

    /// <summary>How far the score distributions may differ, as a share of the predictions, beyond what chance explains.</summary>
    public double ScoreTolerance { get; init; } = 0.05;

    /// <summary>Points at which score distributions are compared: tenths, and the thresholds of the decisions.</summary>
    public IReadOnlyList<double> ScorePoints { get; init; } = Tenths;

    /// <summary>The time a prediction may take: <c>serve: timeout</c>.</summary>
    public long LatencyBudgetMicros { get; init; } = DefaultBudgetMicros;

    private static IReadOnlyList<double> Tenths => [.. Enumerable.Range(1, 9).Select(i => i / 10.0)];

    /// <summary>Reads the section of a model; each problem names its place, and the definition is usable only when there is none.</summary>
    public static RolloutDefinition Read(ModelPlan model, ProblemList problems)
    {
        var points = ScorePointsOf(model.Definition.Decide);
        var budget = model.Definition.Root.Section("serve")?.Duration("timeout") ?? DefaultBudgetMicros;
        if (model.Definition.Root.Section("rollout") is not { } section)
        {
            return Default with { ScorePoints = points, LatencyBudgetMicros = budget };
        }

        var definition = new RolloutDefinition { ScorePoints = points, LatencyBudgetMicros = budget };
        var strategy = section.Text("strategy") ?? definition.Strategy;
        if (strategy != "canary")
        {
            problems.Add(new Problem("FLY1194", $"The strategy {strategy} is not known.", section.At("strategy"), "Use canary."));
        }

        var guardrails = section.Has("guardrails") ? section.Texts("guardrails") : definition.Guardrails;
        foreach (var unknown in guardrails.Where(g => !Known.Contains(g)))
        {
            problems.Add(new Problem("FLY1195", $"The guardrail {unknown} is not known.", section.At("guardrails"), $"Known are: {string.Join(", ", Known)}."));
        }

        var minimum = section.Integer("min_samples") ?? definition.MinSamples;
        if (minimum is < 1 or > 10_000_000)
        {
            problems.Add(new Problem("FLY1196", "min_samples lies between 1 and 10,000,000.", section.At("min_samples")));
        }

        var tolerance = section.Number("score_tolerance") ?? definition.ScoreTolerance;
        if (tolerance is < 0 or > 1)
        {
            problems.Add(new Problem("FLY1197", "score_tolerance lies between 0 and 1.", section.At("score_tolerance")));
        }

        var duration = section.Duration("max_duration") ?? definition.MaxDurationMicros;
        if (duration <= 0)
        {
            problems.Add(new Problem("FLY1198", "max_duration is longer than nothing.", section.At("max_duration")));
        }

        var steps = section.Has("steps") ? StepsOf(section, problems) : definition.Steps;
        section.Keep("shadow");
        section.Finish();
        return definition with
        {
            Strategy = strategy,
            Steps = steps,
            MinSamples = minimum,
            Guardrails = [.. guardrails.Distinct(StringComparer.Ordinal)],
            MaxDurationMicros = duration,
            ScoreTolerance = tolerance,
        };
    }

    private static List<decimal> StepsOf(YamlSection section, ProblemList problems)
    {
        var steps = new List<decimal>();
        foreach (var text in section.Texts("steps"))
        {
            var good = text.EndsWith('%')
                && decimal.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
                && percent is > 0 and <= 100;
            var share = good ? decimal.Parse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) / 100 : 0;
            if (!good || (steps.Count > 0 && share <= steps[^1]))
            {
                problems.Add(new Problem("FLY1199", $"The step {text} is not a share above the one before it.", section.At("steps"), "Write rising percentages, such as [5%, 20%, 50%, 100%]."));
                continue;
            }

            steps.Add(share);
        }

        if (steps.Count == 0 && problems.Count == 0)
        {
            problems.Add(new Problem("FLY1199", "steps is empty.", section.At("steps"), "Write rising percentages, such as [5%, 20%, 50%, 100%]."));
        }

        return steps;
    }

    private static IReadOnlyList<double> ScorePointsOf(IEnumerable<DecisionDefinition> decisions)
    {
        var points = new SortedSet<double>(Tenths);
        foreach (Match match in decisions.SelectMany(d => ScoreBound().Matches(d.When)))
        {
            if (double.TryParse(match.Groups["bound"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var point) && point is > 0 and < 1)
            {
                points.Add(point);
            }
        }

        return [.. points];
    }

    [GeneratedRegex(@"score\s*(?:>=|>|<=|<)\s*(?<bound>[0-9.]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ScoreBound();
}
