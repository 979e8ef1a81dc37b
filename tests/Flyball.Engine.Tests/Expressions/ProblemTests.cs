using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Windows;

namespace Flyball.Engine.Tests.Expressions;

/// <summary>What a user reads: exact texts, because they are the product.</summary>
public sealed class ProblemTests
{
    public static TheoryData<string, string[]> RowExpressions => new()
    {
        { "amout * 2", ["1"] },
        { "amount_mean_7d", ["1"] },
        { "amount + ", ["1"] },
        { "amount + * 2", ["1"] },
        { "(amount + 1", ["1"] },
        { "amount + 1)", ["1"] },
        { "amount amount", ["1"] },
        { "country = 'DE", ["1"] },
        { "country = 5", ["1"] },
        { "country + 1", ["1"] },
        { "amount = null", ["1"] },
        { "amount and paid", ["1"] },
        { "amount // 2", ["1"] },
        { "sqr(amount)", ["1"] },
        { "sqrt(amount, 2)", ["1"] },
        { "sqrt(country)", ["1"] },
        { "if(paid, 1, 'x')", ["1"] },
        { "if(paid, 1)", ["1"] },
        { "mean(amount) over 7d", ["1"] },
        { "abs(amount) over 7d", ["1"] },
        { "null", ["1"] },
        { "99999999999999999999", ["1"] },
        { "1e999", ["1"] },
        { "amount > 7x", ["1"] },
        { "amount > 7d", ["1"] },
        { "paid && amount", ["1"] },
        { "event_time > 'yesterday'", ["1"] },
        { "paid > false", ["1"] },
        { "n in ()", ["1"] },
        { "n in 1", ["1"] },
        { "n is 1", ["1"] },
        { "n between 1", ["1"] },
        { "", ["1"] },
        { "amout + contry + sqr(", ["1"] },
        { "amout + contry + sqr(1)", ["1"] },
    };

    public static TheoryData<string, string[]> Features => new()
    {
        { "mean(amount)", ["1"] },
        { "mean(amout) over 7d", ["1"] },
        { "mean(amount) over 7y", ["1"] },
        { "mean(amount) over 7 d", ["1"] },
        { "mean(amount) over", ["1"] },
        { "mean(amount) over 0d", ["1"] },
        { "mean(amount) over 1.5h", ["1"] },
        { "amount / mean(amount) over 7d", ["1"] },
        { "1 + 1", ["1"] },
        { "sum(country) over 7d", ["1"] },
        { "mean(paid) over 7d", ["1"] },
        { "sum() over 7d", ["1"] },
        { "count(amount, n) over 7d", ["1"] },
        { "sum(sum(n) over 1d) over 7d", ["1"] },
        { "sum(amount) over 1d where n > 1 / count() over 7d", ["1"] },
        { "sum(amount) over 1d where n", ["1"] },
        { "sum(n) over 1d empty 0.5", ["1"] },
        { "sum(n) over 1d empty n", ["1"] },
        { "sum(n) over 1d delay 1h delay 2h", ["1"] },
        { "median(amount) over 7d", ["1"] },
    };

    [Theory]
    [MemberData(nameof(RowExpressions))]
    public void A_bad_row_expression_is_answered_with(string text, string[] expected) =>
        Assert.Equal(expected, RowBinder.Bind(text, Rows.Schema).Problems.Select(Show));

    [Theory]
    [MemberData(nameof(Features))]
    public void A_bad_feature_is_answered_with(string text, string[] expected) =>
        Assert.Equal(expected, EntityViewPlan.Compile([new("f", text)], Rows.Schema).Problems.Select(Show));

    private static string Show(Problem problem)
    {
        Assert.Contains(FormattableString.Invariant($", at character {problem.Where!.Column}."), problem.Message, StringComparison.Ordinal);
        return $"{problem.Code} {problem.Message} {problem.Remedy}".TrimEnd();
    }
}
