using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Inference;
using Flyball.Contracts.Quarantine;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Native.DuckDb;
using Flyball.Tests.Contracts;
using Flyball.Tests.Contracts.Ingestion;
using Flyball.Tests.Contracts.Quarantine;

namespace Flyball.Tests.Issues;

/// <summary>What rows, files and contracts of a hostile or careless sender did once.</summary>
public sealed class HostileRowsTests
{
    private const string Numbers = """
        apiVersion: v3.1.0
        kind: DataContract
        id: numbers
        version: 1.0.0
        status: active
        schema:
          - name: numbers
            properties:
              - { name: i, logicalType: integer }
              - { name: n, logicalType: number }
              - { name: d, logicalType: date }
        """;

    /// <summary>A date beyond 64 bits of microseconds came round to 1970.</summary>
    [Fact]
    public async Task A_Parquet_date_that_is_far_away_is_refused()
    {
        await using var fixture = new ImportFixture(Sample.Compile(Numbers));
        var path = Path.Combine(fixture.Logs.Folder, "d.parquet");
        using (var database = DuckDbDatabase.OpenInMemory())
        {
            using var connection = database.Connect();
            connection.Execute($"COPY (SELECT DATE '1970-01-01' + 213503983 AS d UNION ALL SELECT DATE '9999-12-31' UNION ALL SELECT DATE '-2000-01-01' UNION ALL SELECT DATE 'infinity') TO '{path}'");
        }

        Assert.Equal((1, 3), (await fixture.ImportAsync(path, "numbers") is var total ? (total.Accepted, total.Quarantined) : default));

        Assert.Equal("9999-12-31", new EventTime(fixture.Logs.Seen[0].Row[2].AsTimestamp.Micros).ToString()[..10]);
        Assert.Equal(["FLY3108", "FLY3108", "FLY3108"], fixture.Codes("numbers"));
    }

    [Theory]
    [InlineData("i", ".0", null)]
    [InlineData("i", "-.0", null)]
    [InlineData("i", "7.0", null)]
    [InlineData("i", ".5", "FLY3102")]
    [InlineData("i", ".", "FLY3102")]
    [InlineData("n", "0e-400", null)]
    [InlineData("n", "0.0", null)]
    [InlineData("n", "9007199254740993", "FLY3104")]
    [InlineData("n", "9007199254740993.0", "FLY3104")]
    [InlineData("n", "9007199254740992.0", null)]
    [InlineData("n", "18446744073709551616", null)]
    [InlineData("n", "1e300", null)]
    public async Task A_number_is_exact_or_refused_by_its_own_code(string column, string text, string? code)
    {
        await using var fixture = new ImportFixture(Sample.Compile(Numbers));

        await fixture.ImportAsync(fixture.Write("n.csv", $"i,n,d\n{(column == "i" ? text : "")},{(column == "n" ? text : "")},2020-01-01\n"), "numbers");

        Assert.Equal(code is null ? [] : [code], fixture.Codes("numbers"));
        if (code is null && column == "i")
        {
            Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), fixture.Logs.Seen[0].Row[0].AsInteger);
        }
    }

    /// <summary>A text was made for each of a hundred unknown names, of which sixteen are told.</summary>
    [Fact]
    public void Unknown_fields_beyond_those_that_are_told_cost_no_text()
    {
        var reader = new RowReader(Sample.Compile(Numbers));
        var (row, problems) = (new Value[3], new RowProblems());
        long Cost(int names)
        {
            var json = Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, names).Select(i => $"\"unknown{i}\":1")) + "}");
            reader.Read(json, row, problems);
            var before = GC.GetAllocatedBytesForCurrentThread();
            reader.Read(json, row, problems);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        var (told, many) = (Cost(RowProblems.Most), Cost(2_000));

        Assert.Equal(2_000, problems.Count);
        Assert.Contains("1984 more problems", problems.ToList()[^1].Message, StringComparison.Ordinal);
        Assert.InRange(many, 0, told + 200);
    }

    /// <summary>The position after the last one wrapped to the first.</summary>
    [Fact]
    public async Task Nothing_stands_after_the_last_position_there_is()
    {
        await using var fixture = new DeskFixture();
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -1), LogFixture.Transaction(2, -1));
        using var client = await fixture.ServeAsync();

        var listed = JsonNode.Parse(await client.GetStringAsync("/v1/quarantine/transactions?after=9223372036854775807&limit=1"))!;
        var discarded = await fixture.Desk.DiscardAsync("transactions", new RowSelection([], After: long.MaxValue), LogFixture.Tester, "x", default);

        Assert.Empty(listed["rows"]!.AsArray());
        Assert.Empty(discarded.Rows);
        Assert.Equal(2, fixture.Open().Count);
        Assert.Empty(fixture.Log.Quality.ReadFindings("transactions", new Horizon(long.MaxValue), 9));
    }

    [Theory]
    [InlineData("application/json", "\uFEFF{0}")]
    [InlineData("application/json", "\uFEFF[{0},{1}]")]
    [InlineData("application/x-ndjson", "\uFEFF{0}\r{1}\r")]
    [InlineData("application/x-ndjson", "{0}\r\n\r\n{1}\n\r{2}")]
    public async Task A_body_may_begin_with_a_mark_and_end_its_lines_as_files_do(string type, string form)
    {
        await using var fixture = new DeskFixture();
        using var client = await fixture.ServeAsync();

        var (status, answer) = await PostAsync(client, form.Replace("{0}", LogFixture.Transaction(1), StringComparison.Ordinal).Replace("{1}", LogFixture.Transaction(2), StringComparison.Ordinal).Replace("{2}", LogFixture.Transaction(3), StringComparison.Ordinal), type);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(form.Count(c => c == '{'), (int)answer["accepted"]!);
    }

    [Fact]
    public async Task A_broken_line_is_named_by_its_number_whatever_ends_the_lines()
    {
        await using var fixture = new DeskFixture();
        using var client = await fixture.ServeAsync();

        var (status, answer) = await PostAsync(client, $"{LogFixture.Transaction(1)}\r\n{LogFixture.Transaction(2)}\r\r{{\"", "application/x-ndjson");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(4, (int)answer["errors"]![0]!["line"]!);
    }

    /// <summary>One row that is nested too deep refused all rows of its request.</summary>
    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task A_row_that_is_nested_too_deep_is_put_aside_alone(string type)
    {
        await using var fixture = new DeskFixture(Sample.Compile(Sample.TransactionsYaml + "\n      - { name: more, logicalType: array }"));
        using var client = await fixture.ServeAsync();
        var deep = LogFixture.Transaction(2).Replace("}", $",\"more\":{new string('[', 5_000)}{new string(']', 5_000)}}}", StringComparison.Ordinal);
        var odd = LogFixture.Transaction(3).Replace("}", $",\"odd\":{new string('[', 5_000)}{new string(']', 5_000)}}}", StringComparison.Ordinal);
        string[] rows = [LogFixture.Transaction(1), deep, odd, LogFixture.Transaction(4)];

        var (status, answer) = await PostAsync(client, type == "application/json" ? $"[{string.Join(',', rows)}]" : string.Join('\n', rows), type);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((2, 2), ((int)answer["accepted"]!, (int)answer["quarantined"]!));
    }

    [Theory]
    [InlineData("minimum: 9223372036854775808", false)]
    [InlineData("minimum: 9223372036854775807", true)]
    [InlineData("exclusiveMinimum: 9223372036854775807", false)]
    [InlineData("maximum: 9223372036854775808", true)]
    [InlineData("maximum: -9223372036854775809", false)]
    [InlineData("maximum: -9223372036854775808", true)]
    [InlineData("minimum: 1e19", false)]
    public void A_bound_that_no_whole_number_meets_is_refused(string option, bool isGood)
    {
        var yaml = Numbers.Replace("name: i, logicalType: integer", $"name: i, logicalType: integer, logicalTypeOptions: {{ {option} }}", StringComparison.Ordinal);

        if (isGood)
        {
            Sample.Compile(yaml);
        }
        else
        {
            Assert.Contains(Sample.ProblemsOf(yaml), p => p.Code == "FLY1107");
        }
    }

    [Fact]
    public void A_contract_of_too_many_fields_is_read_to_the_bound()
    {
        var fields = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"\n      - {{ name: f{i}, logicalType: {(i < 4_000 ? "integer" : "nonsense")} }}"));

        var problem = Assert.Single(Sample.ProblemsOf(Numbers + fields));

        Assert.Contains("more than 1000 fields", problem.Message, StringComparison.Ordinal);
    }

    /// <summary>What stands in a header is shown: in a file without one that is a person.</summary>
    [Fact]
    public void Nothing_personal_of_a_file_without_a_header_is_in_the_draft()
    {
        using var fixture = new DraftFixtureForPeople();

        var draft = fixture.Infer("anna.planted@example.com,+49 30 1234567\nbob.planted@example.com,+49 30 7654321\n");

        Assert.False(draft.HasHeader);
        Assert.DoesNotContain("planted", draft.Yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("1234567", draft.Yaml, StringComparison.Ordinal);
        Assert.DoesNotContain(draft.Findings, f => f.Message.Contains("planted", StringComparison.Ordinal));
        Assert.All(draft.Columns, c => Assert.True(c.IsPersonal));
    }

    [Theory]
    [InlineData("customer", true)]
    [InlineData("assigned_to", false)]
    public void Names_of_people_are_not_listed_in_a_draft(string column, bool isPersonal)
    {
        using var fixture = new DraftFixtureForPeople();
        string[] names = ["Anna Hofmann", "Bob van Dyke", "Zoë O'Neill", "Jürgen Müller-Lüdenscheid"];

        var draft = fixture.Infer($"{column},kind\n" + string.Concat(Enumerable.Range(0, 400).Select(i => $"{names[i % 4]},{(i % 2 == 0 ? "month to month" : "one year")}\n")));

        Assert.DoesNotContain("Hofmann", draft.Yaml, StringComparison.Ordinal);
        Assert.Contains("month to month", draft.Yaml, StringComparison.Ordinal);
        Assert.Equal(isPersonal, draft.Columns[0].IsPersonal);
        Assert.Contains(draft.Findings, f => f.Column == column && f.Kind == (isPersonal ? "personal" : "names"));
    }

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(HttpClient client, string body, string type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await client.PostAsync("/v1/events/transactions", content);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    private sealed class DraftFixtureForPeople : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("flyball-drafts-").FullName;

        public ContractDraft Infer(string text)
        {
            var path = Path.Combine(folder, "people.csv");
            File.WriteAllText(path, text);
            return ContractInference.Infer(path);
        }

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
