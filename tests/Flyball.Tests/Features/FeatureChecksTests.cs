using Flyball.Features;

namespace Flyball.Tests.Features;

public sealed class FeatureChecksTests
{
    [Fact]
    public void Checks_owner_and_retirement_are_read()
    {
        var feature = Read("{ expr: mean(amount) over 7d, owner: bob, retired: true, checks: { null_rate: \"< 1%\", range: [0, 1.5], freshness: 1d, cardinality: \">= 2\" } }");

        Assert.Equal(("bob", true), (feature.Owner, feature.IsRetired));
        var checks = feature.Checks!;
        Assert.Equal((new FeatureBound("<", 0.01), 0d, 1.5, 86_400_000_000, new FeatureBound(">=", 2)), (checks.NullRate, checks.Low, checks.High, checks.FreshnessMicros, checks.Cardinality));
    }

    [Fact]
    public void An_end_of_a_range_may_be_open_and_a_bare_bound_is_the_most()
    {
        var checks = Read("{ expr: count() over 7d, checks: { range: [null, 5], cardinality: 50 } }").Checks!;

        Assert.Equal((null, 5d, new FeatureBound("<=", 50)), (checks.Low, checks.High, checks.Cardinality));
    }

    [Theory]
    [InlineData("null_rate: few", "FLY1230", "null_rate")]
    [InlineData("null_rate: \"= 1%\"", "FLY1230", "null_rate")]
    [InlineData("null_rate: \"< 101%\"", "FLY1230", "null_rate")]
    [InlineData("range: [1, 0]", "FLY1230", "range")]
    [InlineData("range: [0, .inf]", "FLY1230", "range")]
    [InlineData("range: 5", "FLY1230", "range")]
    [InlineData("range: [0, 1, 2]", "FLY1230", "range")]
    [InlineData("freshness: 0s", "FLY1230", "freshness")]
    [InlineData("freshness: soon", "FLY1105", "freshness")]
    [InlineData("cardinality: \"<= -1\"", "FLY1230", "cardinality")]
    [InlineData("nul_rate: \"< 1%\"", "FLY1103", "nul_rate")]
    public void A_check_that_cannot_be_read_is_told_with_its_place(string check, string code, string field)
    {
        SampleViews.Compile(out var problems, View($"{{ expr: count() over 7d, checks: {{ {check} }} }}"));

        var problem = Assert.Single(problems);
        Assert.Equal(code, problem.Code);
        Assert.Equal(5, problem.Where!.Line);
        Assert.EndsWith(field, problem.Where.Field, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_of_what_has_none_is_refused()
    {
        SampleViews.Compile(out var problems, "view: r\ninputs: transactions\nfeatures:\n  night: { expr: hour(event_time) < 6, checks: { range: [0, 1] } }\n");

        Assert.Equal("FLY1231", Assert.Single(problems).Code);
    }

    [Fact]
    public void The_request_is_always_fresh()
    {
        SampleViews.Compile(out var problems, "view: r\ninputs: transactions\nfeatures:\n  a: { expr: amount, checks: { freshness: 1d } }\n");

        Assert.Equal("FLY1231", Assert.Single(problems).Code);
    }

    [Theory]
    [InlineData("<", 1, false)]
    [InlineData("<=", 1, true)]
    [InlineData(">", 1, false)]
    [InlineData(">=", 1, true)]
    public void Bounds_hold_at_their_ends_as_written(string comparison, double value, bool holds) => Assert.Equal(holds, new FeatureBound(comparison, value).Holds(1));

    private static string View(string feature) => $"view: v\nentity: customer_id\nsource: transactions\nfeatures:\n  f: {feature}\n";

    private static FeatureDefinition Read(string feature) => SampleViews.Compile(View(feature)).EntityViews[0].Definition.Features[0];
}
