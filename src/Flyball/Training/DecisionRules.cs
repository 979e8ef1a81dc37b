using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Training;

/// <summary>The decisions of a model, compiled. Immutable.</summary>
public sealed class DecisionRules
{
    private static readonly RowSchema ScoreSchema = new([new Field("score", ScalarType.Number)]);

    private readonly (string Decision, RowPlan? When)[] rules;

    private DecisionRules((string Decision, RowPlan? When)[] rules) => this.rules = rules;

    /// <summary>Every decision that can be answered, in order.</summary>
    public IEnumerable<string> Decisions => rules.Select(r => r.Decision);

    /// <summary>Compiles the rules; a last rule <c>otherwise</c> is required as soon as there is any rule, so that every score has a decision.</summary>
    public static DecisionRules Compile(IReadOnlyList<DecisionDefinition> definitions, ProblemLocation where, ProblemSink problems)
    {
        var compiled = new List<(string Decision, RowPlan? When)>();
        foreach (var definition in definitions)
        {
            if (definition.Always)
            {
                compiled.Add((definition.Decision, null));
                continue;
            }

            var outcome = RowBinder.Bind(definition.When, ScoreSchema);
            foreach (var problem in outcome.Problems)
            {
                problems(problem.In(where));
            }

            if (outcome.Plan is { Type: ScalarType.Boolean } plan)
            {
                compiled.Add((definition.Decision, plan));
            }
            else if (outcome.Plan is not null)
            {
                problems(new Problem("FLY1180", $"The rule of the decision {definition.Decision} is not a condition.", where, "Write a comparison of score, such as score >= 0.5."));
            }
        }

        if (definitions.Count > 0 && (!definitions[^1].Always || definitions.Take(definitions.Count - 1).Any(d => d.Always)))
        {
            problems(new Problem("FLY1181", "The last decision, and only the last, is taken otherwise.", where, "End decide: with a line such as allow: otherwise."));
        }

        return new DecisionRules([.. compiled]);
    }

    /// <summary>The decision for a calibrated score; null for a model without rules.</summary>
    public string? Decide(double score)
    {
        ReadOnlySpan<Value> row = [Value.FromNumber(score)];
        foreach (var (decision, when) in rules)
        {
            if (when is null || when.Evaluate(row) is { IsNull: false, AsBoolean: true })
            {
                return decision;
            }
        }

        return null;
    }
}

/// <summary>Takes a problem that was found.</summary>
public delegate void ProblemSink(Problem problem);
