using System.Globalization;
using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Quality;

namespace Flyball.Tests.Contracts.Quality;

public class BatchRulesTests
{
    private static readonly SipHash Hash = new(3, 4);

    [Theory]
    [InlineData("nullValues", "", 2)]
    [InlineData("missingValues", ", arguments: { missingValues: [null, '', 'n/a'] }", 4)]
    [InlineData("invalidValues", ", arguments: { validValues: [sale, refund] }", 3)]
    [InlineData("invalidValues", ", arguments: { pattern: '^[a-z]+$' }", 2)]
    [InlineData("duplicateValues", "", 3)]
    public void A_metric_counts_what_the_standard_says(string metric, string arguments, int expected)
    {
        string?[] kinds = ["sale", "sale", "refund", "n/a", "", null, null, "sale", "other", "refund"];

        Assert.Empty(Judge($"{{ metric: {metric}, mustBe: {expected}{arguments} }}", kinds).Findings);
        var finding = Assert.Single(Judge($"{{ metric: {metric}, mustNotBe: {expected}{arguments} }}", kinds).Findings);
        Assert.Equal((expected, "kind", RuleOutcome.Alert, "error"), (finding.Seen, finding.Field, finding.Outcome, finding.Severity));
        Assert.Empty(Judge($"{{ metric: {metric}, mustBe: {expected * 10}, unit: percent{arguments} }}", kinds).Findings);
    }

    [Theory]
    [InlineData("mustBe: 4", true)]
    [InlineData("mustBe: 5", false)]
    [InlineData("mustNotBe: 5", true)]
    [InlineData("mustNotBe: 4", false)]
    [InlineData("mustBeGreaterThan: 3", true)]
    [InlineData("mustBeGreaterThan: 4", false)]
    [InlineData("mustBeGreaterOrEqualTo: 4", true)]
    [InlineData("mustBeGreaterOrEqualTo: 5", false)]
    [InlineData("mustBeLessThan: 5", true)]
    [InlineData("mustBeLessThan: 4", false)]
    [InlineData("mustBeLessOrEqualTo: 4", true)]
    [InlineData("mustBeLessOrEqualTo: 3", false)]
    [InlineData("mustBeBetween: [4, 5]", true)]
    [InlineData("mustBeBetween: [5, 6]", false)]
    [InlineData("mustNotBeBetween: [5, 6]", true)]
    [InlineData("mustNotBeBetween: [3, 4]", false)]
    public void Every_operator_holds_and_breaks_where_it_should(string bound, bool holds)
    {
        var plan = QualityCompilerTests.Compile($"{{ metric: rowCount, {bound} }}", atField: false);

        Assert.Equal(holds, Fill(plan, "a", "b", "c", "d").Judge().Findings.Count == 0);
    }

    [Theory]
    [InlineData("count() = 4 and sum(amount) = 10 and mean(amount) = 2.5 and min(amount) = 1 and max(amount) = 4", true)]
    [InlineData("count(kind) = 3", true)]
    [InlineData("mean(if(amount > 2, 1, 0)) < 0.5", false)]
    [InlineData("max(event_time) > '2027-01-01'", false)]
    [InlineData("mean(if(amount > 100, amount, null)) > 5", true)]
    public void An_expression_over_the_batch_holds_unless_it_is_false(string expression, bool holds)
    {
        var plan = QualityCompilerTests.Compile($"{{ type: custom, engine: flyball, name: r, implementation: \"{expression}\" }}", atField: false);

        Assert.Equal(holds, Fill(plan, "a", "b", null, "d").Judge().Findings.Count == 0);
    }

    [Theory]
    [InlineData("hold", true)]
    [InlineData("alert", false)]
    public void The_stated_outcome_decides_whether_the_batch_is_held(string outcome, bool holds)
    {
        var plan = QualityCompilerTests.Compile($"{{ metric: rowCount, mustBe: 7, customProperties: [ {{ property: outcome, value: {outcome} }} ] }}", atField: false);

        Assert.Equal(holds, plan.Quality.CanHold);
        Assert.Equal(holds, Fill(plan, "a", "b").Judge().Holds);
    }

    [Fact]
    public void A_broken_row_rule_puts_the_row_aside_naming_the_rule_and_no_value()
    {
        var plan = QualityCompilerTests.Compile("{ type: custom, engine: flyball, name: small amounts, description: Amounts stay below three., implementation: amount < 3 }", atField: false);

        using var batch = Fill(plan, "a", "b", "c", "d");

        Assert.Equal((2, 2), (batch.Accepted.Count, batch.Refused.Count));
        var problem = Assert.Single(batch.Refused[0].Problems);
        Assert.Equal(("FLY3120", "The rule 'small amounts' does not hold: Amounts stay below three."), (problem.Code, problem.Message));
        Assert.Empty(batch.Judge().Findings);
    }

    [Fact]
    public void A_row_rule_of_lesser_weight_lets_the_row_in_and_counts_it()
    {
        var plan = QualityCompilerTests.Compile("{ type: custom, engine: flyball, name: small, severity: warning, implementation: amount < 3 }", atField: false);

        using var batch = Fill(plan, "a", "b", "c", "d");

        Assert.Equal(4, batch.Accepted.Count);
        Assert.Equal(("small", RuleOutcome.Alert, 2.0), Assert.Single(batch.Judge().Findings) is var f ? (f.Rule, f.Outcome, f.Seen!.Value) : default);
    }

    [Fact]
    public void A_row_rule_that_is_null_passes()
    {
        var plan = QualityCompilerTests.Compile("{ type: custom, engine: flyball, implementation: \"kind = 'sale'\" }", atField: false);

        using var batch = Fill(plan, "sale", null, "refund");

        Assert.Equal((2, 1), (batch.Accepted.Count, batch.Refused.Count));
    }

    [Fact]
    public void A_batch_of_one_row_is_not_judged_as_many()
    {
        var plan = QualityCompilerTests.Compile("{ metric: rowCount, mustBe: 7 }", atField: false);

        Assert.Empty(Fill(plan, "a").Judge().Findings);
        Assert.Single(Fill(plan, "a", "b").Judge().Findings);
    }

    [Fact]
    public void Parts_of_a_batch_merge_to_what_the_whole_shows()
    {
        var plan = QualityCompilerTests.Compile("{ metric: duplicateValues, mustBe: 0, arguments: { properties: [kind] } }", atField: false);
        string?[] kinds = ["a", "b", "a", null, "c", "b", "b", "a"];

        var parts = new[] { kinds[..3], kinds[3..6], kinds[6..] }.Select(k => Fill(plan, k)).ToList();
        var merged = parts[0].Observation!;
        merged.Merge(parts[1].Observation!);
        merged.Merge(parts[2].Observation!);

        Assert.Equal(4, Assert.Single(Fill(plan, kinds).Judge().Findings).Seen);
        Assert.Equal(4, Assert.Single(plan.Quality.Judge(merged).Findings).Seen);
    }

    private static BatchVerdict Judge(string item, params string?[] kinds) => Fill(QualityCompilerTests.Compile(item, atField: true), kinds).Judge();

    /// <summary>A row a kind; amounts are 1, 2, 3, …</summary>
    private static RowBatch Fill(ContractPlan plan, params string?[] kinds)
    {
        var batch = new RowBatch(plan, Hash, new RowBatchTerms(false, null, null, null, [], new KeyColumns(plan, [])));
        for (var i = 0; i < kinds.Length; i++)
        {
            var kind = kinds[i] is null ? "null" : $"\"{kinds[i]}\"";
            batch.AddJson(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"event_time\":\"2026-01-01T00:00:00Z\",\"amount\":{i + 1},\"kind\":{kind}}}")));
        }

        return batch;
    }
}
