using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.ModelTests;

/// <summary>One item of a model's <c>tests:</c>.</summary>
/// <param name="Name">By which gates know it.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Column">The request's column; empty for a comparison with the champion.</param>
/// <param name="By">By how much a number is moved; null for one standard deviation of the sampled rows.</param>
/// <param name="Expect"><c>same</c>, <c>not-lower</c> or <c>not-higher</c>; empty for a comparison.</param>
/// <param name="Tolerance">How far a score may go the wrong way.</param>
/// <param name="Violations">Share of rows that may break the expectation; for a comparison the share of decisions that may flip.</param>
/// <param name="LargestChange">Of a comparison: how far any score may move; null for any distance.</param>
public sealed record ModelTestDefinition(
    string Name, ModelTestKind Kind, string Column, double? By, string Expect, double Tolerance, double Violations, double? LargestChange)
{
    private static readonly string[] Expectations = ["same", "not-lower", "not-higher"];

    /// <summary>Reads one item, such as <c>{ increase: amount, expect: not-lower }</c>; problems go to the section's list.</summary>
    internal static ModelTestDefinition? Read(YamlSection item, ContractPlan request)
    {
        var before = item.Problems.Count;
        var named = item.Text("name");
        (ModelTestKind Kind, string? Column)[] actions =
        [
            (ModelTestKind.Increase, item.Text("increase")), (ModelTestKind.Decrease, item.Text("decrease")),
            (ModelTestKind.Change, item.Text("change")), (ModelTestKind.Regression, item.Text("regression")),
        ];
        var written = actions.Where(a => a.Column is not null).ToList();
        var by = item.Number("by");
        var expect = item.Text("expect") ?? "";
        var tolerance = item.Number("tolerance") ?? 0;
        var violations = item.Number("violations") ?? item.Number("flips") ?? 0;
        var largest = item.Number("largest_change");
        item.Finish();
        if (written is not [var (kind, column)])
        {
            item.Problems.Add(new Problem("FLY1301", "A model test names one of increase, decrease, change and regression.", item.Where, "Write { increase: amount, expect: not-lower }."));
            return null;
        }

        if (kind != ModelTestKind.Regression)
        {
            CheckColumn(item, kind, column!, request);
            if (!Expectations.Contains(expect, StringComparer.Ordinal))
            {
                item.Problems.Add(new Problem("FLY1303", $"The expectation {(expect.Length == 0 ? "is missing" : $"'{expect}' is not known")}.", item.At("expect"), $"Use {string.Join(", ", Expectations)}."));
            }
        }
        else if (column != "champion")
        {
            item.Problems.Add(new Problem("FLY1303", "A version is compared with the champion only.", item.At("regression"), "Write { regression: champion, flips: 0.05 }."));
        }

        if (tolerance < 0 || violations is < 0 or > 1 || largest < 0 || by <= 0)
        {
            item.Problems.Add(new Problem("FLY1303", "A tolerance is 0 or more, a share from 0 to 1, and a step above 0.", item.Where, "Mend the number."));
        }

        var name = named ?? (kind == ModelTestKind.Regression ? "regression" : $"{column}_{kind.ToString().ToLowerInvariant()}_{expect.Replace('-', '_')}");
        return item.Problems.Count > before ? null : new ModelTestDefinition(name, kind, kind == ModelTestKind.Regression ? "" : column!, by, expect, tolerance, violations, largest);
    }

    private static void CheckColumn(YamlSection item, ModelTestKind kind, string column, ContractPlan request)
    {
        var key = kind.ToString().ToLowerInvariant();
        var index = request.Schema.IndexOf(column);
        if (index < 0)
        {
            item.Problems.Add(new Problem("FLY1302", $"The source {request.Source} has no column {column}.", item.At(key), $"Its columns are {string.Join(", ", request.Schema.Fields.Select(f => f.Name))}."));
        }
        else if (kind != ModelTestKind.Change && request.Schema.Fields[index].Type is not (ScalarType.Number or ScalarType.Integer))
        {
            item.Problems.Add(new Problem("FLY1302", $"The column {column} is no number, and cannot be moved.", item.At(key), "Use change: for a column of another kind."));
        }
    }
}
