using Flyball.Engine.Expressions;

namespace Flyball.Engine.Tests.Expressions;

public sealed class LimitTests
{
    [Theory]
    [InlineData(ExpressionParser.MaxDepth - 1, true)]
    [InlineData(ExpressionParser.MaxDepth, false)]
    [InlineData(2000, false)]
    public void Nesting_is_bounded(int depth, bool reads)
    {
        foreach (var (open, close) in new[] { ("(", ")"), ("abs(", ")"), ("- ", ""), ("1 in (", ")") })
        {
            depth = Math.Min(depth, (ExpressionParser.MaxLength - 1) / (open.Length + close.Length));
            var text = string.Concat(Enumerable.Repeat(open, depth)) + "n" + string.Concat(Enumerable.Repeat(close, depth));
            var outcome = ExpressionParser.Parse(text);
            Assert.Equal(reads, outcome.Succeeded);
            if (!reads)
            {
                Assert.Equal("FLY1005", Assert.Single(outcome.Problems).Code);
            }
        }
    }

    [Theory]
    [InlineData(257, true)]
    [InlineData(258, false)]
    [InlineData(2000, false)]
    public void A_chain_is_bounded(int terms, bool reads)
    {
        var outcome = ExpressionParser.Parse(string.Join('+', Enumerable.Repeat("n", terms)));
        Assert.Equal(reads, outcome.Succeeded);
        Assert.Equal(reads ? 0 : 1, outcome.Problems.Count(p => p.Code == "FLY1005"));
    }

    [Fact]
    public void A_long_list_is_evaluated_without_a_deep_stack()
    {
        var list = string.Join(',', Enumerable.Range(10, 1000));
        Assert.Equal(Value.FromBoolean(false), Rows.Evaluate($"n in ({list})"));
        Assert.Equal(Value.FromBoolean(true), Rows.Evaluate($"n in ({list},7)"));
    }

    [Fact]
    public void Length_is_bounded()
    {
        Assert.True(ExpressionParser.Parse(new string(' ', ExpressionParser.MaxLength - 1) + "1").Succeeded);
        var outcome = ExpressionParser.Parse(new string(' ', ExpressionParser.MaxLength) + "1");
        Assert.Equal("FLY1005", Assert.Single(outcome.Problems).Code);
    }
}
