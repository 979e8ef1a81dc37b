using Flyball.Engine.Expressions;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Engine.Tests.Expressions;

public sealed class CanonicalTests
{
    [Theory]
    [InlineData("1+2*3", "1 + 2 * 3")]
    [InlineData("((1+2))*3", "(1 + 2) * 3")]
    [InlineData("a-(b-c)", "a - (b - c)")]
    [InlineData("(a-b)-c", "a - b - c")]
    [InlineData("NOT (a AND b)", "not (a and b)")]
    [InlineData("(not a) and b", "not a and b")]
    [InlineData("a<>b", "a != b")]
    [InlineData("a==b", "a = b")]
    [InlineData("-(5)", "-(5)")]
    [InlineData("-5", "-5")]
    [InlineData("a - -5", "a - -5")]
    [InlineData("1.50", "1.5")]
    [InlineData("1e2", "100.0")]
    [InlineData("1e300", "1e+300")]
    [InlineData("LOG(x)", "ln(x)")]
    [InlineData("x NOT IN (1,2)", "x not in (1, 2)")]
    [InlineData("\"plain\" + \"and\" + \"a b\".c", "plain + \"and\" + \"a b\".c")]
    [InlineData("'it''s'", "'it''s'")]
    [InlineData("AVG(x) OVER 168h", "mean(x) over 7d")]
    [InlineData("count() over 1w delay 0s empty 0", "count() over 7d")]
    [InlineData("sum(x) over 90m empty null", "sum(x) over 90m")]
    [InlineData("sum(x) over 1d empty 0 delay 60m where y>1", "sum(x) over 1d where y > 1 delay 1h empty 0")]
    [InlineData("x::INT", "cast(x as integer)")]
    [InlineData("-x::text", "-cast(x as text)")]
    [InlineData("CASE WHEN a>1 THEN b END", "case when a > 1 then b end")]
    [InlineData("case \"when\" when 1 then 2 else 3 end", "case \"when\" when 1 then 2 else 3 end")]
    [InlineData("a||b||'c'", "a || b || 'c'")]
    [InlineData("a NOT LIKE 'x%'", "a not like 'x%'")]
    [InlineData("SUBSTR(a,1)", "substring(a, 1)")]
    [InlineData("last(x) over 1d ignore_nulls", "last(x) over 1d ignore_nulls")]
    [InlineData("(sum(x) over 1d where a>1) / count() over 7d", "(sum(x) over 1d where a > 1) / count() over 7d")]
    public void Spelling_is_normalised(string text, string expected)
    {
        Assert.Equal(expected, ExpressionParser.Parse(text).Syntax!.Canonical);
        Assert.Equal(expected, ExpressionParser.Parse(expected).Syntax!.Canonical);
    }

    [Fact]
    public void The_canonical_text_of_any_expression_reads_back_as_itself_and_computes_the_same()
    {
        Prop.ForAll(RandomExpressions.Typed().ToArbitrary(), text =>
        {
            var first = Rows.Bind(text);
            var again = Rows.Bind(first.Canonical);
            return again.Canonical == first.Canonical && again.Type == first.Type && again.Evaluate(Rows.Row) == first.Evaluate(Rows.Row);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
