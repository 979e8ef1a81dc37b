using System.Globalization;
using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.ModelTests;

/// <summary>What wrong decisions cost, in one unit: a number each, or a numeric column of the request.</summary>
/// <param name="FalsePositive">Of acting where nothing was: a number, or null when a column says it.</param>
/// <param name="FalsePositiveColumn">The column.</param>
/// <param name="FalseNegative">Of not acting where something was.</param>
/// <param name="FalseNegativeColumn">The column.</param>
/// <param name="Precision">A threshold with at least this precision is reported too; null for none.</param>
/// <param name="Recall">A threshold with at least this recall is reported too; null for none.</param>
public sealed record CostDefinition(
    double? FalsePositive, string? FalsePositiveColumn, double? FalseNegative, string? FalseNegativeColumn, double? Precision, double? Recall)
{
    /// <summary>Reads <c>costs: { false_positive: 5, false_negative: amount, precision: 0.5 }</c>; problems go to the section's list.</summary>
    internal static CostDefinition? Read(YamlSection section, ContractPlan request)
    {
        section.Require("false_positive", "false_negative");
        var positive = Cost(section, "false_positive", request);
        var negative = Cost(section, "false_negative", request);
        var precision = Share(section, "precision");
        var recall = Share(section, "recall");
        section.Finish();
        return positive is var (p, pc) && negative is var (n, nc) ? new CostDefinition(p, pc, n, nc, precision, recall) : null;
    }

    private static (double?, string?)? Cost(YamlSection section, string name, ContractPlan request)
    {
        if (section.Text(name) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number >= 0)
        {
            return (number, null);
        }

        var column = request.Schema.IndexOf(text);
        if (column >= 0 && request.Schema.Fields[column].Type is ScalarType.Number or ScalarType.Integer)
        {
            return (null, text);
        }

        section.Problems.Add(new Problem("FLY1300", $"'{name}' is neither a number of 0 or more nor a numeric column of {request.Source}.", section.At(name), "Write false_positive: 5, or the name of a column such as amount."));
        return null;
    }

    private static double? Share(YamlSection section, string name)
    {
        if (section.Number(name) is not { } share)
        {
            return null;
        }

        if (share is > 0 and <= 1)
        {
            return share;
        }

        section.Problems.Add(new Problem("FLY1300", $"'{name}' is not a share above 0 and at most 1.", section.At(name), "Write 0.8 for four in five."));
        return null;
    }
}
