using Flyball.Engine.Problems;
using Flyball.Training;

namespace Flyball.Tests.Serving;

public sealed class DecisionRulesTests
{
    [Theory]
    [InlineData(1.0, "block")]
    [InlineData(0.9, "block")]
    [InlineData(0.8999999, "review")]
    [InlineData(0.5, "review")]
    [InlineData(0.4999999, "allow")]
    [InlineData(0.0, "allow")]
    public void The_first_rule_that_holds_decides_and_otherwise_the_last(double score, string decision) =>
        Assert.Equal(decision, Compile(("block", "score >= 0.9"), ("review", "score >= 0.5"), ("allow", "otherwise")).Decide(score));

    [Fact]
    public void The_order_is_the_authors() =>
        Assert.Equal("review", Compile(("review", "score >= 0.5"), ("block", "score >= 0.9"), ("allow", "otherwise")).Decide(0.95));

    [Fact]
    public void A_model_without_rules_decides_nothing() => Assert.Null(Compile().Decide(0.5));

    /// <summary>A score that is null in an expression, as not a number is, falls through to the last rule.</summary>
    [Fact]
    public void A_rule_that_is_neither_true_nor_false_does_not_decide() =>
        Assert.Equal("allow", Compile(("block", "score >= 0.9"), ("allow", "otherwise")).Decide(double.NaN));

    [Theory]
    [InlineData("FLY1181", "block:score >= 0.9")]
    [InlineData("FLY1181", "allow:otherwise", "block:score >= 0.9")]
    [InlineData("FLY1181", "allow:otherwise", "block:otherwise")]
    [InlineData("FLY1180", "block:score + 1", "allow:otherwise")]
    [InlineData("FLY1010", "block:scor >= 0.9", "allow:otherwise")]
    [InlineData("FLY1001", "block:score >=", "allow:otherwise")]
    public void Rules_that_leave_a_score_undecided_are_refused(string code, params string[] rules)
    {
        var problems = new List<Problem>();

        DecisionRules.Compile([.. rules.Select(r => new DecisionDefinition(r.Split(':')[0], r.Split(':')[1]))], new ProblemLocation("models/m.yaml"), problems.Add);

        Assert.Equal([(code, "models/m.yaml")], problems.Select(p => (p.Code, p.Where!.File!)));
    }

    private static DecisionRules Compile(params (string Decision, string When)[] rules) =>
        DecisionRules.Compile([.. rules.Select(r => new DecisionDefinition(r.Decision, r.When))], new ProblemLocation(), p => Assert.Fail(p.Message));
}
