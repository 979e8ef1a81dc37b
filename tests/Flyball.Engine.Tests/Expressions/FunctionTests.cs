using Flyball.Engine.Expressions;

namespace Flyball.Engine.Tests.Expressions;

/// <summary>What each function gives, case by case.</summary>
public sealed class FunctionTests
{
    [Theory]
    [InlineData("case when n > 5 then 'big' when n > 1 then 'some' else 'few' end", "Text big")]
    [InlineData("case when no_paid then 1 when paid then 2 end", "Integer 2")]
    [InlineData("case when no_paid then 1 end", "Integer null")]
    [InlineData("case n when 1 then 0.5 when 7 then 2 else 3 end", "Number 2")]
    [InlineData("case no_n when 1 then 'a' else 'b' end", "Text b")]
    [InlineData("CASE country WHEN 'DE' THEN CASE WHEN paid THEN 1 ELSE 2 END ELSE 3 END", "Integer 1")]
    [InlineData("nullif(n, 7)", "Integer null")]
    [InlineData("nullif(n, 8)", "Integer 7")]
    [InlineData("nullif(n, no_n)", "Integer 7")]
    [InlineData("least(3, n, no_n)", "Integer 3")]
    [InlineData("greatest(3, amount, n)", "Number 12.5")]
    [InlineData("greatest('a', country, 'Z')", "Text a")]
    [InlineData("greatest(no_n, no_n)", "Integer null")]
    public void A_choice_gives(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("cast(2.5 as integer)", "Integer 3")]
    [InlineData("cast(-2.5 as integer)", "Integer -3")]
    [InlineData("cast(1e19 as integer)", "Integer null")]
    [InlineData("cast(9223372036854775807.0 as integer)", "Integer null")]
    [InlineData("cast(-9223372036854775808.0 as integer)", "Integer -9223372036854775808")]
    [InlineData("n::number / 2", "Number 3.5")]
    [InlineData("-n::text", null)]
    [InlineData("(-n)::text", "Text -7")]
    [InlineData("amount::text || 'x'", "Text 12.5x")]
    [InlineData("'42'::integer + 1", "Integer 43")]
    [InlineData("cast(' 1e3 ' as number)", "Number 1000")]
    [InlineData("cast('1,5' as number)", "Number null")]
    [InlineData("cast('1e999' as number)", "Number null")]
    [InlineData("cast('NaN' as number)", "Number null")]
    [InlineData("cast('TRUE' as boolean)", "Boolean true")]
    [InlineData("cast('yes' as boolean)", "Boolean null")]
    [InlineData("cast(paid as integer)", "Integer 1")]
    [InlineData("cast(0 as boolean)", "Boolean false")]
    [InlineData("cast(null as integer)", "Integer null")]
    [InlineData("cast('2026-11-21' as timestamp)", "Timestamp 2026-11-21T00:00:00Z")]
    [InlineData("cast('2026-13-21' as timestamp)", "Timestamp null")]
    [InlineData("cast(event_time as text)", "Text 2026-11-21T05:30:00.000001Z")]
    [InlineData("no_country::integer", "Integer null")]
    public void A_cast_gives(string text, string? expected)
    {
        if (expected is null)
        {
            Assert.False(RowBinder.Bind(text, Rows.Schema).Succeeded);
            return;
        }

        Check(text, expected);
    }

    [Theory]
    [InlineData("round(2.5)", "Number 3")]
    [InlineData("round(-2.5)", "Number -3")]
    [InlineData("round(7)", "Integer 7")]
    [InlineData("round(1234.567, 2)", "Number 1234.57")]
    [InlineData("round(2.675, 2)", "Number 2.68")]
    [InlineData("round(1234.5, -2)", "Number 1200")]
    [InlineData("round(1.5, 99)", "Number null")]
    [InlineData("trunc(-2.7)", "Number -2")]
    [InlineData("sign(-2.7)", "Integer -1")]
    [InlineData("sign(least)", "Integer -1")]
    [InlineData("log10(1000)", "Number 3")]
    [InlineData("log2(8)", "Number 3")]
    [InlineData("log1p(1e-20)", "Number 1E-20")]
    [InlineData("log1p(-1)", "Number null")]
    [InlineData("power(2, 10)", "Number 1024")]
    [InlineData("pow(-8, 0.5)", "Number null")]
    [InlineData("power(10, 400)", "Number null")]
    [InlineData("mod(-7, 2)", "Integer -1")]
    [InlineData("mod(7.5, 2)", "Number 1.5")]
    [InlineData("div(7, 2)", "Integer 3")]
    [InlineData("div(7, 0)", "Integer null")]
    public void A_function_of_numbers_gives(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("lower('ÄB') || upper('ß')", "Text äbß")]
    [InlineData("country || no_country", "Text null")]
    [InlineData("concat(country, no_country, '-', 'x')", "Text DE-x")]
    [InlineData("length('a😀b')", "Integer 3")]
    [InlineData("length('')", "Integer 0")]
    [InlineData("substring('a😀bc', 2, 2)", "Text 😀b")]
    [InlineData("substring('abc', 2)", "Text bc")]
    [InlineData("substring('abc', 0, 2)", "Text a")]
    [InlineData("substring('abc', -5)", "Text abc")]
    [InlineData("substring('abc', 9, 2)", "Text ")]
    [InlineData("substring('abc', 1, -1)", "Text null")]
    [InlineData("substring('abc', least, big)", "Text ")]
    [InlineData("substring('abc', 2, big)", "Text bc")]
    [InlineData("left('abc', 2) || right('abc', 2)", "Text abbc")]
    [InlineData("left('abc', -1)", "Text null")]
    [InlineData("right('abc', big)", "Text abc")]
    [InlineData("trim('  a ') || ltrim(' b') || rtrim('c ')", "Text abc")]
    [InlineData("contains('abc', 'b') and starts_with('abc', 'ab') and ends_with('abc', 'bc')", "Boolean true")]
    [InlineData("contains('ABC', 'b')", "Boolean false")]
    [InlineData("position('a😀bc', 'b')", "Integer 3")]
    [InlineData("position('abc', 'x')", "Integer 0")]
    [InlineData("replace('aXbX', 'X', '--')", "Text a--b--")]
    [InlineData("replace('ab', '', 'z')", "Text ab")]
    [InlineData("split_part('a,b,c', ',', 2)", "Text b")]
    [InlineData("split_part('a,b,c', ',', -1)", "Text c")]
    [InlineData("split_part('a,b,c', ',', 4)", "Text ")]
    [InlineData("split_part('a,b,c', ',', 0)", "Text ")]
    [InlineData("split_part('a,b,c', ',', least)", "Text ")]
    [InlineData("country like 'D_'", "Boolean true")]
    [InlineData("'a%b' like 'a\\%b' and 'axb' not like 'a\\%b'", "Boolean true")]
    [InlineData("no_country like '%'", "Boolean null")]
    public void A_function_of_text_gives(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "%", true)]
    [InlineData("abc", "%", true)]
    [InlineData("abc", "a%c", true)]
    [InlineData("abc", "%b%", true)]
    [InlineData("abc", "_b_", true)]
    [InlineData("abc", "ab", false)]
    [InlineData("abc", "abc_", false)]
    [InlineData("aab", "%ab", true)]
    [InlineData("mississippi", "m%iss%ppi", true)]
    [InlineData("mississippi", "m%iss%ppx", false)]
    [InlineData("100%", "100\\%", true)]
    [InlineData("100x", "100\\%", false)]
    [InlineData("a\\b", "a\\\\b", true)]
    public void A_pattern_matches_the_whole_text(string text, string pattern, bool matches) =>
        Assert.Equal(Value.FromBoolean(matches), OfTexts("a like b", text, pattern));

    [Fact]
    public void A_hostile_pattern_costs_no_more_than_the_product_of_the_lengths()
    {
        var text = new string('a', 4000);
        Assert.Equal(Value.FromBoolean(false), OfTexts("a like b", text, string.Concat(Enumerable.Repeat("%a", 500)) + "%b"));
    }

    [Fact]
    public void Text_that_grows_beyond_the_limit_is_null()
    {
        var grown = "country";
        for (var i = 0; i < 40; i++)
        {
            grown = $"replace({grown}, 'E', 'EE')";
        }

        Assert.Equal(Value.Null, Rows.Evaluate(grown));
        var half = new string('x', 65_536 / 2);
        Assert.Equal(65_536, OfTexts("a || b", half, half).AsText.Length);
        Assert.True(OfTexts("a || b", half, half + "x").IsNull);
        Assert.True(OfTexts("concat(a, b)", half, half + "x").IsNull);
    }

    /// <summary>The vectors that are published with XXH64.</summary>
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    public void The_hash_is_the_published_one(string text, ulong expected)
    {
        Assert.Equal(Value.FromInteger(unchecked((long)expected)), OfTexts("hash64(a)", text, ""));
        Assert.Equal(Value.FromInteger(unchecked((long)expected)), Rows.Evaluate($"hash64('{text}')"));
        Assert.Equal(Value.FromInteger((long)(expected % 10)), Rows.Evaluate($"hash_bucket('{text}', 10)"));
    }

    [Fact]
    public void A_hash_of_another_type_is_that_of_its_bytes_and_a_bucket_needs_a_positive_count()
    {
        // The bytes of these values are ASCII, so a text has the same ones.
        Assert.Equal(OfTexts("hash64(a)", "\u0007\0\0\0\0\0\0\0", ""), Rows.Evaluate("hash64(n)"));
        Assert.Equal(OfTexts("hash64(a)", "\0\0\0\0\0\0)@", ""), Rows.Evaluate("hash64(amount)"));
        Assert.Equal(OfTexts("hash64(a)", "\u0001", ""), Rows.Evaluate("hash64(paid)"));
        Assert.True(Rows.Evaluate("hash64(no_n)").IsNull);
        Assert.True(Rows.Evaluate("hash_bucket(n, 0)").IsNull);
    }

    private static Value OfTexts(string text, string a, string b) =>
        RowBinder.Bind(text, new([new("a", ScalarType.Text), new("b", ScalarType.Text)])).Plan!.Evaluate([Value.FromText(a), Value.FromText(b)]);

    private static void Check(string text, string expected)
    {
        var plan = Rows.Bind(text);
        Assert.Equal(expected, $"{plan.Type} {plan.Evaluate(Rows.Row)}");
        var again = Rows.Bind(plan.Canonical);
        Assert.Equal(plan.Canonical, again.Canonical);
        Assert.Equal(plan.Evaluate(Rows.Row), again.Evaluate(Rows.Row));
    }
}
