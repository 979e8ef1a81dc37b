using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Tests.Contracts;

public sealed class NestedRowTests
{
    private static readonly ContractPlan Rides = Compile();

    [Fact]
    public void Nested_values_are_stored_as_canonical_JSON_and_read_back_to_the_same_bits()
    {
        var (row, problems) = Read("""
            {"ride_id":1,"event_time":"2026-07-15 12:00:00","pickup":"07:05","address":{"zip":1000.0,"since":"2020-02-29","city":"Orl\u00e9ans"},"tags":[ "b","a" ],"counts":{"z":1,"a":2.0},"payload":{"b":[1.50,1e2,{"y":null,"x":true}],"a":-0.0}}
            """);

        Assert.Empty(problems);
        var stored = Write(row);
        Assert.Equal(
            """{"ride_id":1,"event_time":"2026-07-15T10:00:00Z","pickup":"07:05:00","address":{"city":"Orléans","since":"2020-02-29","zip":1000},"tags":["b","a"],"counts":{"a":2,"z":1},"payload":{"a":0,"b":[1.5,100,{"x":true,"y":null}]}}""",
            stored);
        var back = new Value[row.Length];
        Assert.True(RowReader.ForStored(Rides).Read(Encoding.UTF8.GetBytes(stored), back, new RowProblems()));
        Assert.Equal(row, back);
        Assert.Equal(stored, Write(back));
    }

    [Theory]
    [InlineData("\"address\":\"Paris\"", "FLY3102 address")]
    [InlineData("\"address\":[]", "FLY3102 address")]
    [InlineData("\"address\":{\"city\":\"P\"}", "FLY3101 address.zip")]
    [InlineData("\"address\":{\"zip\":1000}", "FLY3101 address.city")]
    [InlineData("\"address\":{}", "FLY3101 address.city, FLY3101 address.zip, FLY3107 address")]
    [InlineData("\"address\":{\"city\":\"\",\"zip\":1000}", "FLY3107 address.city")]
    [InlineData("\"address\":{\"city\":1,\"zip\":\"x\"}", "FLY3102 address.city, FLY3102 address.zip")]
    [InlineData("\"address\":{\"city\":\"P\",\"zip\":999}", "FLY3103 address.zip")]
    [InlineData("\"address\":{\"city\":\"P\",\"zip\":null}", "FLY3101 address.zip")]
    [InlineData("\"address\":{\"city\":\"P\",\"zip\":1000,\"since\":\"2021-02-29\"}", "FLY3108 address.since")]
    [InlineData("\"address\":{\"city\":\"P\",\"zip\":1000,\"town\":\"x\"}", "FLY3105 address")]
    [InlineData("\"address\":{\"city\":\"P\",\"city\":\"Q\",\"zip\":1000}", "FLY3106 address")]
    [InlineData("\"tags\":{}", "FLY3102 tags")]
    [InlineData("\"tags\":[]", "FLY3107 tags")]
    [InlineData("\"tags\":[\"a\",\"b\",\"c\",\"d\"]", "FLY3107 tags")]
    [InlineData("\"tags\":[\"a\",\"b\",\"a\"]", "FLY3107 tags")]
    [InlineData("\"tags\":[\"a\",\"b\",\"longer\"]", "FLY3107 tags[2]")]
    [InlineData("\"tags\":[\"a\",7]", "FLY3102 tags[1]")]
    [InlineData("\"counts\":{\"a\":-1}", "FLY3103 counts[0]")]
    [InlineData("\"counts\":{\"A\":1}", "FLY3107 counts[0]")]
    [InlineData("\"counts\":{\"a\":1,\"b\":2,\"c\":3}", "FLY3107 counts")]
    [InlineData("\"payload\":\"\\ud800\"", "FLY3110 payload")]
    [InlineData("\"payload\":[\"a\\u0000\"]", "FLY3110 payload")]
    [InlineData("\"payload\":[12345678901234567890]", "FLY3104 payload")]
    [InlineData("\"payload\":[1e999]", "FLY3104 payload")]
    [InlineData("\"payload\":{\"a\":{\"b\":1,\"b\":1}}", "FLY3106 payload")]
    [InlineData("\"payload\":[[[[[[[[[1]]]]]]]]]", "FLY3107 payload")]
    [InlineData("\"pickup\":\"04:59:59\"", "FLY3103 pickup")]
    [InlineData("\"pickup\":\"23:30\"", "FLY3103 pickup")]
    [InlineData("\"pickup\":\"24:00:00\"", "FLY3108 pickup")]
    [InlineData("\"kind\":\"Solo\"", "FLY3103 kind")]
    [InlineData("\"rider_id\":\"0b3e6f0e6a0f4b0e8f556a4e6d6f2f5e\"", "FLY3107 rider_id")]
    [InlineData("\"seats\":256", "FLY3103 seats")]
    [InlineData("\"fare\":1e39", "FLY3103 fare, FLY3103 fare, FLY3103 fare")]
    public void Each_broken_value_is_named_by_its_path(string member, string expected)
    {
        var (row, problems) = Read($$"""{"ride_id":1,"event_time":"2026-07-15 12:00:00",{{member}}}""");

        Assert.Equal(expected, string.Join(", ", problems.Select(p => $"{p.Code} {p.Where!.Field}").Order(StringComparer.Ordinal)));
        Assert.All(problems, p => Assert.Contains($"'{p.Where!.Field}'", p.Message, StringComparison.Ordinal));
        Assert.All(row.Skip(11), v => Assert.True(v.IsNull));
    }

    [Theory]
    [InlineData("\"payload\":[[[[[[[[1]]]]]]]]")]
    [InlineData("\"payload\":9223372036854775807")]
    [InlineData("\"payload\":\"text\"")]
    [InlineData("\"payload\":false")]
    [InlineData("\"tags\":[\"a\",null]")]
    [InlineData("\"address\":{\"city\":\"P\",\"zip\":1000,\"since\":null}")]
    [InlineData("\"pickup\":\"23:29:59.999999\"")]
    public void What_the_contract_allows_is_taken(string member) => Assert.Empty(Read($$"""{"ride_id":1,"event_time":"2026-07-15 12:00:00",{{member}}}""").Problems);

    [Fact]
    public void A_nested_value_is_bounded()
    {
        var (_, problems) = Read($$"""{"ride_id":1,"event_time":"2026-07-15 12:00:00","payload":["{{new string('x', RowReader.LongestText)}}"]}""");

        Assert.Equal("FLY3107", Assert.Single(problems).Code);
    }

    [Fact]
    public void A_time_that_the_clocks_skip_is_refused_and_says_so()
    {
        var (_, problems) = Read("""{"ride_id":1,"event_time":"2026-03-29 02:30:00"}""");

        Assert.Equal("FLY3108", Assert.Single(problems).Code);
        Assert.Contains("Europe/Paris", problems[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"city":"P","zip":1000}""", null)]
    [InlineData("""{"city":"P"}""", "FLY3101")]
    [InlineData("{", "FLY3102")]
    [InlineData("{} {}", "FLY3107")]
    [InlineData("""{"city":"P","zip":1000} x""", "FLY3102")]
    [InlineData("P", "FLY3102")]
    public void The_text_of_a_delimited_file_is_JSON(string text, string? code)
    {
        var problem = ValueReader.Read(Rides.Fields[11], Encoding.UTF8.GetBytes(text), out var value);

        Assert.Equal(code, problem?.Code);
        Assert.Equal(code is null ? """{"city":"P","zip":1000}""" : null, value.IsNull ? null : value.AsText);
    }

    [Fact]
    public void Any_JSON_has_one_canonical_form_whatever_the_order_and_the_spaces()
    {
        var random = new Random(20260131);
        for (var i = 0; i < 2_000; i++)
        {
            var node = RandomNode(random, 0);
            var (row, problems) = Read($$"""{"ride_id":1,"event_time":"2026-07-15 12:00:00","payload":{{node.ToJsonString()}}}""");
            Assert.Empty(problems);
            var shuffled = Shuffle(node, random).ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
            var (other, _) = Read($$"""{"ride_id":1,"event_time":"2026-07-15 12:00:00","payload":{{shuffled}}}""");
            Assert.Equal(row[^1], other[^1]);
            var (again, _) = Read($$"""{"ride_id":1,"event_time":"2026-07-15 12:00:00","payload":{{row[^1].AsText}}}""");
            Assert.Equal(row[^1], again[^1]);
        }
    }

    private static JsonNode RandomNode(Random random, int depth) => random.Next(depth > 3 ? 4 : 6) switch
    {
        0 => JsonValue.Create(random.NextInt64()),
        1 => JsonValue.Create(random.NextDouble() * Math.Pow(10, random.Next(-30, 30))),
        2 => JsonValue.Create("é\"\\\n" + random.Next(100).ToString(CultureInfo.InvariantCulture)),
        3 => JsonValue.Create(random.Next(2) == 0),
        4 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => (JsonNode)RandomNode(random, depth + 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(4)).Select(k => KeyValuePair.Create<string, JsonNode?>($"k{k}", RandomNode(random, depth + 1)))),
    };

    private static JsonNode Shuffle(JsonNode node, Random random) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(_ => random.Next()).Select(m => KeyValuePair.Create<string, JsonNode?>(m.Key, Shuffle(m.Value!, random))).ToList()),
        JsonArray items => new JsonArray([.. items.Select(i => (JsonNode)Shuffle(i!, random))]),
        _ => node.DeepClone(),
    };

    private static ContractPlan Compile()
    {
        var problems = new ProblemList();
        var root = YamlSection.Parse("c.odcs.yaml", EverySection.Yaml, problems)!;
        return ContractSet.Compile([new ProjectFile("c.odcs.yaml", root)], problems).Find("rides")!;
    }

    private static string Write(Value[] row)
    {
        using var writer = new RowWriter(Rides);
        var buffer = new ArrayBufferWriter<byte>();
        writer.Write(row, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static (Value[] Row, IReadOnlyList<Problem> Problems) Read(string json)
    {
        var row = new Value[Rides.Schema.Fields.Count];
        var problems = new RowProblems();
        Assert.Equal(new RowReader(Rides).Read(Encoding.UTF8.GetBytes(json), row, problems), problems.Count == 0);
        return (row, problems.ToList());
    }
}
