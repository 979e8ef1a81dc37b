using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Tests.Contracts;

public sealed class RowReaderTests
{
    private const string Good = """{"transaction_id":1,"event_time":"2018-04-01T00:07:56Z","customer_id":2,"terminal_id":3,"amount":146.5}""";

    [Fact]
    public void A_good_row_is_read_in_the_order_of_the_contract_whatever_its_own()
    {
        var (row, problems) = Read("""{"amount":146.5,"terminal_id":3,"customer_id":2,"event_time":"2018-04-01T02:07:56.25+02:00","transaction_id":9007199254740993}""");

        Assert.Empty(problems);
        Assert.Equal(9007199254740993, row[0].AsInteger);
        Assert.Equal(EventTime.From(new DateTimeOffset(2018, 4, 1, 0, 7, 56, 250, TimeSpan.Zero)), row[1].AsTimestamp);
        Assert.Equal((2L, 3L, 146.5), (row[2].AsInteger, row[3].AsInteger, row[4].AsNumber));
    }

    [Theory]
    [InlineData("amount", "-1", "FLY3103")]
    [InlineData("amount", "10000.01", "FLY3103")]
    [InlineData("amount", "1e400", "FLY3104")]
    [InlineData("amount", "-1e400", "FLY3104")]
    [InlineData("amount", "9007199254740993", "FLY3104")]
    [InlineData("amount", "\"NaN\"", "FLY3102")]
    [InlineData("amount", "\"146.5\"", "FLY3102")]
    [InlineData("amount", "true", "FLY3102")]
    [InlineData("amount", "null", "FLY3101")]
    [InlineData("amount", "[1]", "FLY3102")]
    [InlineData("amount", "{\"a\":{\"b\":[1]}}", "FLY3102")]
    [InlineData("customer_id", "1.5", "FLY3102")]
    [InlineData("customer_id", "1e3", "FLY3102")]
    [InlineData("customer_id", "1.00000000000000000001", "FLY3102")]
    [InlineData("customer_id", "\"1\"", "FLY3102")]
    [InlineData("customer_id", "false", "FLY3102")]
    [InlineData("customer_id", "9223372036854775808", "FLY3104")]
    [InlineData("customer_id", "12345678901234567890", "FLY3104")]
    [InlineData("customer_id", "-9223372036854775809.0", "FLY3104")]
    [InlineData("event_time", "1522540076", "FLY3102")]
    [InlineData("event_time", "\"2018-04-01T00:07:56\"", "FLY3108")]
    [InlineData("event_time", "\"2018-04-01 00:07:56Z\"", "FLY3108")]
    [InlineData("event_time", "\"2018-02-29T00:07:56Z\"", "FLY3108")]
    [InlineData("event_time", "\"2018-04-01T24:00:00Z\"", "FLY3108")]
    [InlineData("event_time", "\"2018-04-01T23:59:60Z\"", "FLY3108")]
    [InlineData("event_time", "\"2018-04-01T00:07:56+2:00\"", "FLY3108")]
    [InlineData("event_time", "\"2018-04-01T00:07:56.Z\"", "FLY3108")]
    [InlineData("event_time", "\"2018-04-01T00:07:56.1234567890Z\"", "FLY3108")]
    [InlineData("event_time", "\"0000-04-01T00:07:56Z\"", "FLY3108")]
    [InlineData("event_time", "\"0001-01-01T00:00:00+01:00\"", "FLY3108")]
    [InlineData("event_time", "\"9999-12-31T23:59:59-01:00\"", "FLY3108")]
    [InlineData("event_time", "\"20230905\"", "FLY3108")]
    [InlineData("event_time", "\"\"", "FLY3108")]
    public void A_value_that_breaks_the_contract_is_refused_with_its_field_and_without_itself(string field, string value, string code)
    {
        var (row, problems) = Read(With(field, value));

        var problem = Assert.Single(problems);
        Assert.Equal(code, problem.Code);
        Assert.Equal(field, problem.Where!.Field);
        Assert.True(value.Length <= 4 || !problem.ToString().Contains(value.Trim('"'), StringComparison.Ordinal));
        Assert.True(code == "FLY3103" || row[Sample.Transactions.Schema.IndexOf(field)].IsNull);
    }

    [Theory]
    [InlineData("customer_id", "1.0")]
    [InlineData("customer_id", "-9223372036854775808")]
    [InlineData("amount", "0")]
    [InlineData("amount", "10000")]
    [InlineData("amount", "1e-400")]
    [InlineData("event_time", "\"2018-04-01t00:07:56.123456789z\"")]
    [InlineData("event_time", "\"0001-01-01T00:00:00Z\"")]
    [InlineData("event_time", "\"9999-12-31T23:59:59.999999Z\"")]
    [InlineData("event_time", "\"2018-04-01T00:07:56-00:00\"")]
    public void A_value_at_the_edge_is_accepted(string field, string value) => Assert.Empty(Read(With(field, value)).Problems);

    [Fact]
    public void A_whole_number_with_a_zero_fraction_is_that_number() => Assert.Equal(7, Read(With("customer_id", "7.000")).Row[2].AsInteger);

    [Fact]
    public void A_number_of_a_million_digits_is_refused_at_once()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal("FLY3104", Assert.Single(Read(With("amount", new string('1', 1_000_000))).Problems).Code);
        Assert.Equal("FLY3104", Assert.Single(Read(With("customer_id", new string('1', 1_000_000))).Problems).Code);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"{clock.Elapsed}");
    }

    [Fact]
    public void Every_problem_of_a_row_is_reported()
    {
        var (_, problems) = Read("""{"transaction_id":"x","event_time":"yesterday","amount":-5,"amount":6,"colour":"red","__proto__":{},"$type":"x"}""");

        Assert.Equal(
            ["FLY3101 customer_id", "FLY3101 terminal_id", "FLY3102 transaction_id", "FLY3103 amount", "FLY3105 $type", "FLY3105 __proto__", "FLY3105 colour", "FLY3106 amount", "FLY3108 event_time"],
            problems.Select(p => $"{p.Code} {p.Where!.Field}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_row_of_many_wrong_names_reports_a_bounded_number()
    {
        var json = "{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"x{i}\":1")) + "}";

        var (_, problems) = Read(json);

        Assert.Equal(RowProblems.Most + 1, problems.Count);
        Assert.Contains("99989 more", problems[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_of_ten_megabytes_is_not_repeated()
    {
        var (_, problems) = Read(Good[..^1] + ",\"" + new string('k', 10_000_000) + "\":1}");

        Assert.Equal("FLY3105", Assert.Single(problems).Code);
        Assert.True(problems[0].ToString().Length < 200);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("{")]
    [InlineData("{\"transaction_id\":1")]
    [InlineData("{\"transaction_id\":1,}")]
    [InlineData("{\"transaction_id\":NaN}")]
    [InlineData("{\"transaction_id\":Infinity}")]
    [InlineData("{\"transaction_id\":01}")]
    [InlineData("{\"transaction_id\":+1}")]
    [InlineData("{'transaction_id':1}")]
    [InlineData("{\"transaction_id\":1}x")]
    [InlineData("{\"transaction_id\":1}{}")]
    [InlineData("\uFEFF{}")]
    [InlineData("/* c */{}")]
    [InlineData("{\"a\":\"\u0001\"}")]
    [InlineData("{\"a\":\"\\x\"}")]
    public void What_is_not_one_JSON_object_is_refused_as_a_row(string json) => Assert.Equal("FLY3100", Assert.Single(Read(json).Problems).Code);

    [Fact]
    public void Depth_is_bounded()
    {
        Assert.Equal("FLY3100", Assert.Single(Read("{\"a\":" + new string('[', 1_000_000)).Problems).Code);
        Assert.Equal("FLY3100", Assert.Single(Read("{\"a\":" + new string('[', 65) + new string(']', 65) + "}").Problems).Code);
    }

    [Theory]
    [InlineData("\\ud800", "FLY3110")]
    [InlineData("\\udc00\\ud800", "FLY3110")]
    [InlineData("a\\u0000b", "FLY3110")]
    [InlineData("aaaaab", "FLY3107")]
    public void Text_that_cannot_be_stored_or_breaks_its_rules_is_refused(string text, string code) =>
        Assert.Equal(code, Assert.Single(ReadEverything($$"""{"region":"EU","number":1,"at":"2020-01-01T00:00:00Z","code":"{{text}}"}""").Problems).Code);

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused()
    {
        byte[] json = [.. "{\"region\":\"EU\",\"number\":1,\"at\":\"2020-01-01T00:00:00Z\",\"note\":\""u8, 0xC3, 0x28, .. "\",\"\\ud800\":1,\"x"u8, 0xFF, .. "\":1}"u8];

        var (_, problems) = Read(Sample.Everything, json);

        Assert.Equal(["FLY3105", "FLY3105", "FLY3110"], problems.Select(p => p.Code).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_and_texts_may_be_escaped()
    {
        var (row, problems) = ReadEverything("""{"re\u0067ion":"\u0045U","number":1,"at":"2020-01-01T00:00:00Z","note":"\ud83d\ude00 \u00e9"}""");

        Assert.Empty(problems);
        Assert.Equal("EU", row[0].AsText);
        Assert.Equal("\U0001F600 é", row[9].AsText);
    }

    [Theory]
    [InlineData("\"ratio\":-1", "FLY3103")]
    [InlineData("\"ratio\":1", "FLY3103")]
    [InlineData("\"small\":128", "FLY3103 FLY3103")]
    [InlineData("\"small\":4", "FLY3103")]
    [InlineData("\"day\":\"1999-12-31\"", "FLY3103")]
    [InlineData("\"day\":\"2020-01-01T00:00:00Z\"", "FLY3108")]
    [InlineData("\"day\":\"2020-02-30\"", "FLY3108")]
    [InlineData("\"flag\":1", "FLY3102")]
    [InlineData("\"flag\":\"true\"", "FLY3102")]
    [InlineData("\"note\":null", "FLY3101")]
    public void Each_rule_beyond_the_type_refuses(string member, string codes) =>
        Assert.Equal(codes, string.Join(' ', ReadEverything($$"""{"region":"EU","number":1,"at":"2020-01-01T00:00:00Z",{{member}}}""").Problems.Select(p => p.Code)));

    [Theory]
    [InlineData("E", false)]
    [InlineData("EUROS", false)]
    [InlineData("\U0001F600\U0001F600\U0001F600\U0001F600", true)]
    [InlineData("\U0001F600", false)]
    public void Length_counts_characters_not_halves_of_pairs(string region, bool good) =>
        Assert.Equal(good, ReadEverything($$"""{"region":"{{region}}","number":1,"at":"2020-01-01T00:00:00Z"}""").Problems.Count == 0);

    [Fact]
    public void A_text_is_bounded_and_a_nested_pattern_takes_no_time()
    {
        Assert.Equal("FLY3107", Assert.Single(ReadEverything($$"""{"region":"EU","number":1,"at":"2020-01-01T00:00:00Z","note":"{{new string('x', RowReader.LongestText + 1)}}"}""").Problems).Code);
        Assert.Equal("FLY3107", Assert.Single(ReadEverything($$"""{"region":"EU","number":1,"at":"2020-01-01T00:00:00Z","code":"{{new string('a', 50_000)}}b"}""").Problems).Code);
    }

    [Fact]
    public void A_reader_forgets_the_row_before()
    {
        var reader = new RowReader(Sample.Everything);
        var row = new Value[Sample.Everything.Schema.Fields.Count];
        var problems = new RowProblems();

        Assert.True(reader.Read("""{"region":"EU","number":1,"at":"2020-01-01T00:00:00Z","flag":true,"any":1}"""u8, row, problems));
        Assert.False(reader.Read("{}"u8, row, problems));
        Assert.All(row, v => Assert.True(v.IsNull));
        Assert.True(reader.Read("""{"region":"EU","number":1,"at":"2020-01-01T00:00:00Z"}"""u8, row, problems));
        Assert.True(row[3].IsNull);
    }

    [Fact]
    public void A_reader_of_stored_rows_does_not_revoke_them()
    {
        var row = new Value[Sample.Transactions.Schema.Fields.Count];
        var json = """{"transaction_id":1,"event_time":"2018-04-01T00:07:56Z","customer_id":2,"amount":20000,"old_column":5}"""u8;

        Assert.True(RowReader.ForStored(Sample.Transactions).Read(json, row, new RowProblems()));
        Assert.Equal(20000, row[4].AsNumber);
        Assert.False(new RowReader(Sample.Transactions).Read(json, row, new RowProblems()));
    }

    private static string With(string field, string value)
    {
        var at = Good.IndexOf($"\"{field}\":", StringComparison.Ordinal) + field.Length + 3;
        var end = Good.IndexOfAny([',', '}'], at);
        return Good[..at] + value + Good[end..];
    }

    private static (Value[] Row, IReadOnlyList<Problem> Problems) Read(string json) => Read(Sample.Transactions, Encoding.UTF8.GetBytes(json));

    private static (Value[] Row, IReadOnlyList<Problem> Problems) ReadEverything(string json) => Read(Sample.Everything, Encoding.UTF8.GetBytes(json));

    private static (Value[] Row, IReadOnlyList<Problem> Problems) Read(ContractPlan plan, byte[] json)
    {
        var row = new Value[plan.Schema.Fields.Count];
        var problems = new RowProblems();
        Assert.Equal(new RowReader(plan).Read(json, row, problems), problems.Count == 0);
        return (row, problems.ToList());
    }
}
