using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Training.Jobs;

namespace Flyball.Training.ModelTests;

/// <summary>How differently a candidate answers than the champion on the same test rows: decisions that flip, and the largest change of a score.</summary>
internal static class RegressionTest
{
    private const double Threshold = 0.5;

    /// <summary>The declared comparison; one without a champion has nothing to say and passes, one whose champion could not be scored fails.</summary>
    public static ModelTestResult Run(ModelTestDefinition definition, ModelPlan model, FrozenEvaluation evaluation)
    {
        if (evaluation.ChampionMissing is { } missing)
        {
            return new ModelTestResult(definition.Name, null, definition.Violations, false, 0, $"the champion could not be compared: {missing}");
        }

        if (evaluation.Champion is not { } champion)
        {
            return new ModelTestResult(definition.Name, null, definition.Violations, true, 0, "first version, no champion");
        }

        var rules = DecisionRules.Compile(model.Definition.Decide, model.Definition.Where, Ignore);
        int flips = 0, rows = champion.Length;
        double largest = 0;
        for (var i = 0; i < rows; i++)
        {
            if (evaluation.Candidate[i] is not { } now || champion[i] is not { } before)
            {
                return new ModelTestResult(definition.Name, null, definition.Violations, false, rows, "a row has no finite score of both versions");
            }

            flips += Decision(rules, now) == Decision(rules, before) ? 0 : 1;
            largest = Math.Max(largest, Math.Abs(now - before));
        }

        var share = rows == 0 ? (double?)null : (double)flips / rows;
        return new ModelTestResult(
            definition.Name,
            share,
            definition.Violations,
            share <= definition.Violations && (definition.LargestChange is not { } most || largest <= most),
            rows,
            string.Create(CultureInfo.InvariantCulture, $"{flips} of {rows} decisions flip; the largest change of a score is {largest:0.######}{(definition.LargestChange is { } bound ? $", bound {bound:0.######}" : "")}"));
    }

    /// <summary>A model without rules decides at one half.</summary>
    private static string Decision(DecisionRules rules, double score) => rules.Decide(score) ?? (score >= Threshold ? "positive" : "negative");

    private static void Ignore(Problem problem)
    {
        // Rules with a problem do not get as far as a run.
    }
}
