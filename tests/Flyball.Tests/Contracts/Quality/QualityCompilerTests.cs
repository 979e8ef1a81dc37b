using Flyball.Contracts;
using Flyball.Contracts.Quality;

namespace Flyball.Tests.Contracts.Quality;

public class QualityCompilerTests
{
    [Theory]
    [InlineData("{ metric: nullValues, mustBe: 0 }")]
    [InlineData("{ type: library, metric: nullValues, mustBeLessThan: 1, unit: percent, severity: warning, dimension: completeness, businessImpact: operational }")]
    [InlineData("{ metric: missingValues, mustBe: 0, arguments: { missingValues: [null, '', 'N/A'] }, schedule: 0 20 * * *, scheduler: cron, tags: [a], method: m, id: x, name: n }")]
    [InlineData("{ metric: invalidValues, mustBeLessOrEqualTo: 5, arguments: { validValues: [a, b] } }")]
    [InlineData("{ metric: invalidValues, mustBe: 0, arguments: { pattern: '^[a-z]+$' } }")]
    [InlineData("{ metric: duplicateValues, mustBeGreaterOrEqualTo: 0 }")]
    [InlineData("{ rule: nullCheck }")]
    [InlineData("{ rule: validValues, validValues: [a, b], mustNotBe: 7 }")]
    public void A_metric_of_a_column_is_a_rule_of_the_batch(string item)
    {
        var plan = Compile(item, atField: true);

        Assert.Equal(1, plan.Quality.Count);
        Assert.Empty(plan.Quality.Notices);
        Assert.False(plan.Quality.CanHold);
    }

    [Theory]
    [InlineData("{ metric: rowCount, mustBeBetween: [100, 120] }")]
    [InlineData("{ metric: rowCount, mustNotBeBetween: [0, 10] }")]
    [InlineData("{ metric: duplicateValues, mustBe: 0, arguments: { properties: [kind, amount] } }")]
    public void A_metric_of_the_source_is_a_rule_of_the_batch(string item) => Assert.Equal(1, Compile(item, atField: false).Quality.Count);

    [Theory]
    [InlineData("{ type: text, description: It is verified. }", 0)]
    [InlineData("{ type: sql, query: 'SELECT COUNT(*) FROM {object}', mustBeLessThan: 3600 }", 1)]
    [InlineData("{ type: custom, engine: soda, implementation: 'type: duplicate_percent' }", 1)]
    [InlineData("{ type: library, rule: ourOwnRule, customProperties: [ { property: min, value: 0 } ] }", 1)]
    public void What_is_not_enforced_loads_with_a_notice(string item, int notices)
    {
        var plan = Compile(item, atField: false);

        Assert.Equal(0, plan.Quality.Count);
        Assert.Equal(notices, plan.Quality.Notices.Count);
        Assert.All(plan.Quality.Notices, n => Assert.Equal(15, n.Where.Line));
    }

    [Fact]
    public void A_query_that_is_an_expression_of_ours_is_enforced() =>
        Assert.Equal(1, Compile("{ type: sql, query: \"amount >= 0 or kind = 'refund'\" }", atField: false).Quality.Count);

    [Theory]
    [InlineData("{ metric: nullValue, mustBe: 0 }", "FLY1186", "nullValues")]
    [InlineData("{ metric: nothingLikeIt, mustBe: 0 }", "FLY1186", "nullValues, ")]
    [InlineData("{ type: librari, metric: nullValues, mustBe: 0 }", "FLY1186", "library")]
    [InlineData("{ metric: nullValues, mustBeLesThan: 0 }", "FLY1103", "mustBeLessThan")]
    [InlineData("{ metric: nullValues }", "FLY1187", "mustBe")]
    [InlineData("{ metric: nullValues, mustBe: 0, mustBeLessThan: 1 }", "FLY1187", "mustBeBetween")]
    [InlineData("{ metric: nullValues, mustBe: none }", "FLY1187", null)]
    [InlineData("{ metric: nullValues, mustBeBetween: [2, 1] }", "FLY1187", "[100, 120]")]
    [InlineData("{ metric: nullValues, mustBe: 0, unit: furlongs }", "FLY1187", "percent")]
    [InlineData("{ metric: invalidValues, mustBe: 0 }", "FLY1188", "validValues")]
    [InlineData("{ metric: invalidValues, mustBe: 0, arguments: { validValue: [a] } }", "FLY1103", "validValues")]
    [InlineData("{ metric: invalidValues, mustBe: 0, arguments: { pattern: '(?<=a)b' } }", "FLY1188", "look-around")]
    [InlineData("{ metric: duplicateValues, mustBe: 0, arguments: { properties: [amout] } }", "FLY1188", "amount")]
    [InlineData("{ type: custom, engine: flyball, implementation: 'amount >= ' }", "FLY1001", null)]
    [InlineData("{ type: custom, engine: flyball, implementation: 'amout >= 0' }", "FLY1010", "amount")]
    [InlineData("{ type: custom, engine: flyball, implementation: 'amount + 1' }", "FLY1188", null)]
    [InlineData("{ type: custom, engine: flyball, implementation: 'mean(amount) over 7d > 1' }", "FLY1014", "over")]
    [InlineData("{ type: custom, engine: flyball, implementation: 'mean(kind) > 1' }", "FLY1013", null)]
    [InlineData("{ type: custom, engine: flyball, implementation: 'amount > mean(amount)' }", "FLY1015", null)]
    [InlineData("{ metric: nullValues, mustBe: 0, customProperties: [ { property: outcome, value: quarantine } ] }", "FLY1188", "hold")]
    [InlineData("{ metric: nullValues, mustBe: 0, customProperties: [ { property: outcome, value: holt } ] }", "FLY1107", null)]
    public void A_wrong_rule_is_refused_with_its_line(string item, string code, string? remedy)
    {
        var problem = Sample.ProblemsOf(Yaml(item, atField: true)).First(p => p.Code == code);

        Assert.Equal(14, problem.Where!.Line);
        Assert.True(remedy is null || problem.Remedy!.Contains(remedy, StringComparison.Ordinal), problem.Remedy);
    }

    [Theory]
    [InlineData("{ metric: nullValues, mustBeLesThan: 0 }")]
    [InlineData("{ type: custom, engine: flyball, implementation: amount > 0, implementaton: x }")]
    [InlineData("{ type: text, descripton: x }")]
    [InlineData("{ metric: nullValues, mustBe: 0, customProperties: [ { property: outcome, value: alert, descripton: x } ] }")]
    public void An_unknown_name_is_reported_once(string item) =>
        Assert.Single(Sample.ProblemsOf(Yaml(item, atField: true)), p => p.Code == "FLY1103");

    [Theory]
    [InlineData("error", null, RuleOutcome.Quarantine)]
    [InlineData(null, null, RuleOutcome.Quarantine)]
    [InlineData("warning", null, RuleOutcome.Alert)]
    [InlineData("info", null, RuleOutcome.Record)]
    [InlineData("warning", "hold", RuleOutcome.Hold)]
    public void The_outcome_of_a_row_rule_follows_from_its_severity_unless_it_is_stated(string? severity, string? outcome, RuleOutcome expected)
    {
        var item = "{ type: custom, engine: flyball, implementation: amount > 0" + (severity is null ? "" : $", severity: {severity}")
            + (outcome is null ? "" : $", customProperties: [ {{ property: outcome, value: {outcome} }} ]") + " }";

        Assert.Equal(expected, Assert.Single(Compile(item, atField: false).Quality.RowRules).Head.Outcome);
    }

    [Fact]
    public void Statistics_are_set_on_the_schema_object()
    {
        var statistics = Sample.Compile(Yaml("{ type: text }", atField: false) + "    customProperties: [ { property: statistics, value: { outcome: hold, sensitivity: 0.001, columns: { kind: off } } } ]\n").Quality.Statistics;

        Assert.Equal((RuleOutcome.Hold, 0.001, "kind"), (statistics.Outcome, statistics.Sensitivity, Assert.Single(statistics.Off)));
    }

    [Theory]
    [InlineData("{ outcome: quarantine }")]
    [InlineData("{ sensitivity: 0 }")]
    [InlineData("{ columns: { kinds: off } }")]
    [InlineData("{ columns: { kind: maybe } }")]
    [InlineData("{ freshness: 1h }")]
    public void Wrong_statistics_are_refused(string value)
    {
        var yaml = Yaml("{ type: text }", atField: false) + $"    customProperties: [ {{ property: statistics, value: {value} }} ]\n";

        Assert.Equal("FLY1185", Assert.Single(Sample.ProblemsOf(yaml)).Code);
    }

    internal static string Yaml(string item, bool atField) =>
        $$"""
        apiVersion: v3.1.0
        kind: DataContract
        id: payments
        version: 1.0.0
        status: active
        schema:
          - name: payments
            properties:
              - { name: event_time, logicalType: timestamp }
              - { name: amount, logicalType: number }
              - name: kind
                logicalType: string
                quality:
                  - {{(atField ? item : "{ type: text }")}}
            quality: [ {{(atField ? "{ type: text }" : item)}} ]

        """;

    internal static ContractPlan Compile(string item, bool atField) => Sample.Compile(Yaml(item, atField));
}
