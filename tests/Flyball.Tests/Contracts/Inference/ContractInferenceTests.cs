using System.Globalization;
using Flyball.Contracts.Inference;
using Flyball.Engine.Problems;

namespace Flyball.Tests.Contracts.Inference;

public sealed class ContractInferenceTests : IDisposable
{
    private readonly DraftFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Theory]
    [InlineData("integer", "", "1", "-7", "9223372036854775807")]
    [InlineData("number", "", "1", "2.5", "1e3")]
    [InlineData("number", "", "1.0", "2.0", "4.0")]
    [InlineData("boolean", "", "true", "False", "true")]
    [InlineData("string", "", "0123", "0456", "7890")]
    [InlineData("string", "", "1", "x", "3")]
    [InlineData("string", "", "9007199254740993.5", "9223372036854775808", "NaN")]
    [InlineData("date", "", "2020-01-01", "2020-02-29", "1999-12-31")]
    [InlineData("string", "", "2020-01-01", "2020-02-30", "1999-12-31")]
    [InlineData("timestamp", "", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00.5+02:00", "2020-01-01T00:00:00Z")]
    [InlineData("timestamp", "yyyy-MM-dd HH:mm:ss", "2020-01-01 00:00:00", "2020-01-01 23:59:59", "2020-01-01 00:00:00")]
    [InlineData("timestamp", "yyyy-MM-dd HH:mm:ss[.SSSSSS]", "2020-01-01 00:00:00", "2020-01-01 23:59:59.123456", "2020-01-01 00:00:00")]
    [InlineData("timestamp", "yyyy-MM-dd HH:mm:ssXXX", "2020-01-01 00:00:00+00:00", "2020-01-01 23:59:59-05:00", "2020-01-01 00:00:00+00:00")]
    [InlineData("timestamp", "yyyy-MM-dd'T'HH:mm:ss", "2020-01-01T00:00:00", "2020-01-01T23:59:59", "2020-01-01T00:00:00")]
    [InlineData("date", "MM/dd/yyyy", "01/02/2020", "12/31/2020", "03/04/2020")]
    [InlineData("date", "dd/MM/yyyy", "01/02/2020", "31/12/2020", "03/04/2020")]
    [InlineData("date", "dd.MM.yyyy", "01.02.2020", "31.12.2020", "03.04.2020")]
    [InlineData("string", "", "01/02/2020", "11/12/2020", "03/04/2020")]
    [InlineData("string", "", "2020-01-01", "01/31/2020", "2020-01-03")]
    public void A_column_gets_the_narrowest_type_that_all_its_values_have(string type, string format, params string[] values)
    {
        var draft = fixture.Infer("t.csv", "a,b\n" + string.Concat(values.Select(v => $"{v},x\n")));

        Assert.Equal(type, draft.Columns[0].LogicalType);
        Assert.Equal(format.Length > 0, draft.Yaml.Contains("format:", StringComparison.Ordinal));
        Assert.Contains(format, draft.Yaml, StringComparison.Ordinal);
        Sample.Compile(draft.Yaml);
    }

    [Theory]
    [InlineData("mixed-times", "2020-01-01", "01/31/2020", "2020-01-03")]
    [InlineData("mixed-times", "01/02/2020", "11/12/2020", "03/04/2020")]
    [InlineData("leading-zeros", "0123", "0456", "7890")]
    [InlineData("whole-numbers", "1.0", "2.0", "4.0")]
    [InlineData("mixed-types", "1", "x", "3")]
    [InlineData("blanks", "1", " ", "3")]
    [InlineData("null-words", "NA", "x", "y")]
    [InlineData("padding", "x ", "x", "y")]
    [InlineData("constant", "5", "5", "5")]
    [InlineData("no-offset", "2020-01-01 00:00:00", "2020-01-01 23:59:59", "2020-01-01 00:00:00")]
    [InlineData("nulls", "1", "", "3")]
    [InlineData("empty", "", "", "")]
    public void A_trap_is_told_in_the_draft(string kind, params string[] values)
    {
        var draft = fixture.Infer("t.csv", "a,b\n" + string.Concat(values.Select((v, i) => $"{v},x{i}\n")));

        var finding = Assert.Single(draft.Findings, f => f.Kind == kind && f.Column == "a");
        Assert.Contains($"name: \"{kind}\"", draft.Yaml, StringComparison.Ordinal);
        Assert.NotEmpty(finding.Message);
    }

    [Fact]
    public void A_slip_in_ten_thousand_rows_does_not_make_a_text_of_a_measure_and_is_told()
    {
        var rows = Enumerable.Range(0, 20_000).Select(i => i == 777 ? "oops" : i.ToString(CultureInfo.InvariantCulture));
        var few = fixture.Infer("few.csv", "a\n" + string.Join('\n', rows));
        var many = fixture.Infer("many.csv", "a\n" + string.Join('\n', Enumerable.Range(0, 20_000).Select(i => i % 4_000 == 7 ? "oops" : i.ToString(CultureInfo.InvariantCulture))));

        Assert.Equal("integer", few.Columns[0].LogicalType);
        Assert.Contains(few.Findings, f => f is { Kind: "misfits", Column: "a" });
        Assert.Equal("string", many.Columns[0].LogicalType);
    }

    [Theory]
    [InlineData("customer_email", "ada@example.com", "bob@example.org", "eve@example.net")]
    [InlineData("contact", "ada@example.com", "bob@example.org", "eve@example.net")]
    [InlineData("line", "+49 151 2345678", "+1 212 555 0100", "(212) 555-0101")]
    [InlineData("tax", "123-45-6789", "987-65-4321", "111-22-3333")]
    [InlineData("FirstName", "Ada", "Bob", "Eve")]
    [InlineData("name", "Ada", "Bob", "Eve")]
    [InlineData("home_address", "1 Main St", "2 Main St", "3 Main St")]
    [InlineData("ssn", "123456789", "987654321", "111223333")]
    public void Likely_personal_columns_are_classified_and_none_of_their_values_is_told(string column, params string[] values)
    {
        var draft = fixture.Infer("people.csv", $"{column},n\n" + string.Concat(Enumerable.Repeat(values, 30).SelectMany(v => v).Select((v, i) => $"{v},{i}\n")));

        Assert.True(draft.Columns[0].IsPersonal);
        Assert.Contains("classification: personal", draft.Yaml, StringComparison.Ordinal);
        Assert.All(values, v => Assert.DoesNotContain(v, draft.Yaml, StringComparison.Ordinal));
        Assert.False(draft.Columns[1].IsPersonal);
    }

    [Theory]
    [InlineData("filename", "a.txt", "b.txt", "c.txt")]
    [InlineData("has_email", "true", "false", "true")]
    [InlineData("PaymentMethod", "Mailed check", "Card", "Cash")]
    [InlineData("person_age", "12", "40", "31")]
    public void Columns_that_only_sound_personal_are_not(string column, params string[] values) =>
        Assert.False(fixture.Infer("t.csv", $"{column},n\n" + string.Concat(values.Select((v, i) => $"{v},{i}\n"))).Columns[0].IsPersonal);

    [Fact]
    public void The_key_the_event_time_and_a_closed_list_are_found()
    {
        var draft = fixture.Infer("orders.csv", "order_id,created_at,ordered_at,kind,amount\n" + string.Concat(Enumerable.Range(0, 100).Select(i =>
            $"o{i},2020-03-01T00:00:00Z,2020-01-{1 + (i % 28):D2}T00:00:00Z,{(i % 3 == 0 ? "card" : "cash: \"in hand\"").Replace("\"", "\"\"", StringComparison.Ordinal).Insert(0, "\"")}\",{i / 4.0}\n")));

        Assert.Equal(["order_id"], draft.Columns.Where(c => c.IsKey).Select(c => c.Name));
        Assert.Equal(["ordered_at"], draft.Columns.Where(c => c.IsEventTime).Select(c => c.Name));
        Assert.Contains("validValues: [\"card\", \"cash: \\\"in hand\\\"\"]", draft.Yaml, StringComparison.Ordinal);
        var plan = Sample.Compile(draft.Yaml);
        Assert.Equal("orders", plan.Source);
        Assert.Equal([0], plan.PrimaryKey);
        Assert.Equal(2, plan.EventTimeIndex);
    }

    [Theory]
    [InlineData("amount", "3.5,900.25", "minimum: 0, maximum: 1800")]
    [InlineData("delta", "-10.5,20", "minimum: -41, maximum: 51")]
    [InlineData("ratio", "0.25,0.75", "minimum: 0, maximum: 1")]
    [InlineData("latitude", "40.5,41.5", "minimum: -90, maximum: 90")]
    [InlineData("loss", "-8.5,-1.5", "minimum: -16, maximum: 0")]
    [InlineData("zip_code", "12345,99999", "minimum: 0 }")]
    public void Ranges_leave_room_and_say_how(string column, string values, string options)
    {
        var draft = fixture.Infer("t.csv", $"{column},x\n" + string.Concat(values.Split(',').Select(v => $"{v},a\n")));

        Assert.Contains("logicalTypeOptions: { " + options, draft.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_codes_keeps_its_ends()
    {
        var draft = fixture.Infer("t.csv", "season\n" + string.Concat(Enumerable.Range(0, 400).Select(i => $"{1 + (i % 4)}\n")));

        Assert.Contains("{ minimum: 1, maximum: 4 } # every whole number between them occurs often", draft.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_of_JSON_lines_stay_texts_and_columns_may_come_late()
    {
        var path = fixture.Write("t.jsonl", "{\"id\":\"1\",\"n\":1}\n\n{\"id\":\"2\",\"n\":2,\"ok\":true}\n{\"n\":3.5,\"id\":\"3\",\"ok\":null}\n");
        var draft = ContractInference.Infer(path);

        Assert.Equal([("id", "string"), ("n", "number"), ("ok", "boolean")], draft.Columns.Select(c => (c.Name, c.LogicalType)));
        Assert.Equal([true, true, false], draft.Columns.Select(c => c.IsRequired));
        Assert.Equal(3, (await DraftFixture.GateAsync(draft, path)).Accepted);
    }

    [Fact]
    public void Names_that_expressions_cannot_use_are_changed_and_told()
    {
        var draft = fixture.Infer("2020 data.csv", "marital-status,marital_status,99 red,a\nx,y,z,1\n");

        Assert.Equal("source_2020_data", draft.Source);
        Assert.Equal(["marital_status", "marital_status_2", "_99_red", "a"], draft.Columns.Select(c => c.Name));
        Assert.Equal(3, draft.Findings.Count(f => f.Kind == "renamed"));
        Assert.Contains("physicalName: \"marital-status\"", draft.Yaml, StringComparison.Ordinal);
        Sample.Compile(draft.Yaml);
    }

    [Theory]
    [InlineData("t.txt", "a\n1\n", "FLY3042")]
    [InlineData("t.csv", "", "FLY3042")]
    [InlineData("t.csv", "a,b\n", "FLY3042")]
    [InlineData("t.jsonl", "[1]\n", "FLY3042")]
    [InlineData("t.parquet", "not parquet", "FLY3041")]
    public void A_file_that_cannot_be_learned_from_is_refused(string name, string text, string code) =>
        Assert.Equal(code, Assert.Throws<FlyballException>(() => fixture.Infer(name, text)).Problem.Code);

    [Theory]
    [InlineData("a,b\n1,2\n\"never closed,1\n")]
    [InlineData("a,b\n1,2\n1,2,3\n")]
    public void Rows_with_more_or_fewer_fields_are_told(string text) =>
        Assert.StartsWith("1 rows", Assert.Single(fixture.Infer("t.csv", text).Findings, f => f.Kind == "ragged-rows").Message, StringComparison.Ordinal);

    [Fact]
    public void A_packed_file_that_is_cut_short_is_refused()
    {
        var path = fixture.Write("t.csv.gz", "a\n" + string.Join('\n', Enumerable.Range(0, 50_000)));
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);

        Assert.Equal("FLY3041", Assert.Throws<FlyballException>(() => ContractInference.Infer(path)).Problem.Code);
    }

    [Fact]
    public void A_file_that_is_not_there_is_refused() =>
        Assert.Equal("FLY3041", Assert.Throws<FlyballException>(() => ContractInference.Infer("/nowhere/t.parquet")).Problem.Code);

    [Fact]
    public async Task Whatever_the_texts_the_draft_is_a_contract_and_the_gate_accepts_the_file()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            string[] nasty = ["a", "", " ", "1", "-2.50", "1e400", "0x1F", "true", "null", "NA", "# no", "a: b", "- x", "\"q\"", "it's", "{", "]", "&a", "*b", "%", "@", "`", "|", ">", "\\", "\t", "é", "日本", "👍",
                "2020-01-01", "2020-01-01T00:00:00Z", "12:30", "9223372036854775808", "+5", ".5", "5.", "--", "\u00A0", "\u2028", "~", "yes", "no", "!!str", "key: [", "12345678901234567890"];
            var random = new Random(seed);
            var columns = 1 + random.Next(4);
            var pools = Enumerable.Range(0, columns).Select(_ => Enumerable.Range(0, 1 + random.Next(4)).Select(_ => nasty[random.Next(nasty.Length)]).ToArray()).ToArray();
            var rows = 1 + random.Next(60);
            var text = "k," + string.Join(',', Enumerable.Range(0, columns).Select(c => $"c{c}")) + "\n" + string.Concat(Enumerable.Range(0, rows).Select(r =>
                $"k{r}," + string.Join(',', pools.Select(p => $"\"{p[random.Next(p.Length)].Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + "\n"));
            var path = fixture.Write("nasty.csv", text);
            var draft = ContractInference.Infer(path);
            Assert.Equal(draft.Yaml, ContractInference.Infer(path).Yaml);
            var progress = await DraftFixture.GateAsync(draft, path);
            Assert.Equal((rows, 0), (progress.Received, progress.Quarantined));
        }
    }

    [Fact]
    public void A_file_is_profiled_under_the_types_of_its_draft()
    {
        var profile = ContractInference.Profile(fixture.Write("t.csv", "id,at,email,amount\n1,2020-01-01 00:00:00,a@example.com,2.5\n2,2020-01-02 00:00:00,b@example.com,\n3,2020-01-03 00:00:00,c@example.com,4\n"));

        Assert.Equal(3, profile.Rows);
        Assert.Equal(3, profile.Find("id")!.Max.AsInteger);
        Assert.Equal("2020-01-03T00:00:00Z", profile.Find("at")!.Max.ToString());
        Assert.True(profile.Find("email")!.Column.IsOpaque);
        Assert.Equal((1, 3.25), (profile.Find("amount")!.Nulls, profile.Find("amount")!.Mean!.Value));
    }
}
