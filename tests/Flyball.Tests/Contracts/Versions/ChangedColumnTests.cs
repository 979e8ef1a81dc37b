using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Contracts.Versions;
using Flyball.Engine.Expressions;

namespace Flyball.Tests.Contracts.Versions;

/// <summary>No change of a column that refuses an accepted row passes for a compatible one, whatever is changed.</summary>
public class ChangedColumnTests
{
    private static readonly string[] Types = ["", "string", "integer", "number", "boolean", "date", "timestamp", "time", "object", "array", "map"];
    private static readonly string[] PhysicalTypes = ["", "varchar(10)", "jsonb", "int", "double", "timestamp", "time", "date", "struct", "array", "map", "odd"];

    private static readonly string?[] Values =
    [
        null, "null", "true", "false", "0", "1", "5", "-3", "2.5", "300", "1e30", "\"\"", "\"a\"", "\"abc\"", "\"abcdef\"", "\"x1@y.org\"", "\"1\"", "\"2020-01-01\"", "\"2021-06-15\"", "\"2020-01-01T00:00:00Z\"",
        "\"2021-06-15T08:30:00+02:00\"", "\"2021-06-15 08:30:00\"", "\"2021-06-15T08:30:00\"", "\"15/06/2021\"", "\"15/06/2021 08:30\"", "\"08:30:00\"", "\"09:30:00\"", "\"08:30\"", "\"0830\"",
        "{}", "{\"a\":1}", "{\"a\":\"x\"}", "{\"a\":1,\"b\":2}", "[]", "[1]", "[1,1]", "[1,2,3]", "[\"x\"]", "[null]",
    ];

    [Fact]
    public void A_change_that_refuses_an_accepted_row_is_breaking()
    {
        var (breaking, compatible, refusing, accepted) = (0, 0, 0, 0L);
        for (var seed = 0; seed < 6_000; seed++)
        {
            var random = new Random(seed);
            var column = Column(random);
            var changed = random.Next(4) == 0 ? Column(random) : Mutate(column, random);
            if (Compile(column) is not { } was || Compile(changed) is not { } now)
            {
                continue;
            }

            var isBreaking = ContractDifference.Between(was, now).Any(c => c.IsBreaking);
            (breaking, compatible) = isBreaking ? (breaking + 1, compatible) : (breaking, compatible + 1);
            foreach (var value in Values.Where(v => Accepts(was, v)))
            {
                accepted++;
                if (!Accepts(now, value))
                {
                    refusing++;
                    Assert.True(isBreaking, $"seed {seed}: {value ?? "absent"} is refused\n{column.ToJsonString()}\n{changed.ToJsonString()}");
                }
            }
        }

        // Both sides of the law were put to work.
        Assert.InRange(breaking, 500, 5_000);
        Assert.InRange(compatible, 200, 5_000);
        Assert.InRange(refusing, 1_000, int.MaxValue);
        Assert.InRange(accepted, 10_000, long.MaxValue);
    }

    [Theory]
    [InlineData("logicalType: string", "logicalType: object", "type changed")]
    [InlineData("logicalType: string", "logicalType: array", "type changed")]
    [InlineData("logicalType: string", "logicalType: time", "type changed")]
    [InlineData("physicalType: varchar", "physicalType: jsonb", "type changed")]
    [InlineData("physicalType: jsonb", "logicalType: string", "type changed")]
    [InlineData("logicalType: time, logicalTypeOptions: { minimum: '08:00:00' }", "logicalType: time, logicalTypeOptions: { minimum: '09:00:00' }", "range narrowed")]
    [InlineData("logicalType: timestamp, logicalTypeOptions: { format: 'dd/MM/yyyy HH:mm' }", "logicalType: timestamp", "format changed")]
    [InlineData("logicalType: date, physicalType: timestamp", "logicalType: timestamp, physicalType: timestamp", "logicalType changed")]
    public void A_change_of_what_a_column_holds_is_breaking(string old, string text, string change)
    {
        var found = ContractDifference.Between(Sample.Compile(With(old)), Sample.Compile(With(text)));

        Assert.Contains(found, c => c.Change == change && c.IsBreaking);
    }

    [Theory]
    [InlineData("logicalType: number, logicalTypeOptions: { maximum: 1e300 }")]
    [InlineData("logicalType: timestamp, logicalTypeOptions: { format: 'dd/MM/yyyy HH:mm', minimum: '01/02/2020 00:00' }")]
    [InlineData("logicalType: time, logicalTypeOptions: { format: 'HHmm', minimum: '0800' }")]
    [InlineData("logicalType: integer, logicalTypeOptions: { format: i128, maximum: 9223372036854775806 }")]
    public void Unchanged_bounds_of_any_size_and_form_are_no_change(string column)
    {
        var found = ContractDifference.Between(Sample.Compile(With(column)), Sample.Compile(With(column + ", description: Other words")));

        Assert.Equal(["description changed"], found.Select(c => c.Change));
    }

    [Theory]
    [InlineData("maximum: 1e300", "maximum: 1e301", "range widened", false)]
    [InlineData("maximum: 1e301", "maximum: 1e300", "range narrowed", true)]
    public void Large_bounds_are_compared(string old, string text, string change, bool isBreaking)
    {
        string Number(string options) => With($"logicalType: number, logicalTypeOptions: {{ {options} }}");

        var found = Assert.Single(ContractDifference.Between(Sample.Compile(Number(old)), Sample.Compile(Number(text))));

        Assert.Equal((change, isBreaking), (found.Change, found.IsBreaking));
    }

    [Theory]
    [InlineData("foreignKeys, value: record", "foreignKeys, value: quarantine", VersionStep.Major)]
    [InlineData("foreignKeys, value: alert", "foreignKeys, value: hold", VersionStep.Major)]
    [InlineData("foreignKeys, value: quarantine", "foreignKeys, value: hold", VersionStep.Major)]
    [InlineData("foreignKeys, value: quarantine", "foreignKeys, value: alert", VersionStep.Minor)]
    [InlineData("foreignKeys, value: record", "foreignKeys, value: alert", VersionStep.Minor)]
    [InlineData("statistics, value: { outcome: alert }", "statistics, value: { outcome: hold }", VersionStep.Major)]
    [InlineData("statistics, value: { outcome: hold }", "statistics, value: { outcome: hold, sensitivity: 0.2 }", VersionStep.Major)]
    [InlineData("statistics, value: { outcome: hold }", "statistics, value: { outcome: alert }", VersionStep.Minor)]
    [InlineData("theirs, value: 1", "theirs, value: 2", VersionStep.Patch)]
    public void An_outcome_that_puts_more_aside_is_breaking(string old, string text, VersionStep step)
    {
        string Custom(string custom) => With("logicalType: string", $"    customProperties: [ {{ property: {custom} }} ]\n");

        Assert.Equal(step, VersionRule.StepOf(ContractDifference.Between(Sample.Compile(Custom(old)), Sample.Compile(Custom(text)))));
    }

    [Fact]
    public void The_second_source_of_a_file_is_compared_by_its_own_schema()
    {
        string Two(string column) => With("logicalType: string") + $"  - name: second\n    properties:\n      - {{ name: id, logicalType: integer, primaryKey: true }}\n      - {{ name: f, {column} }}\n";
        ContractPlan Second(string yaml)
        {
            var problems = new Flyball.Projects.ProblemList();
            return Flyball.Contracts.Odcs.ContractCompiler.Compile([Flyball.Projects.YamlSection.Parse("c.odcs.yaml", yaml, problems)!]).Single(p => p.Source == "second");
        }

        var found = ContractDifference.Between(Second(Two("logicalType: string")), Second(Two("logicalType: string, logicalTypeOptions: { maxLength: 3 }")));

        Assert.Contains(found, c => c is { Field: "f", Change: "length narrowed", IsBreaking: true });
    }

    [Fact]
    public void What_nobody_wrote_a_rule_for_is_breaking()
    {
        var change = ContractDifference.OtherCustom("f", "unit", ["unit"]);

        Assert.True(change.IsBreaking);
        Assert.False(ContractDifference.OtherCustom("f", "theirs", ["unit"]).IsBreaking);
    }

    private static bool Accepts(ContractPlan plan, string? value)
    {
        var row = new Value[plan.Schema.Fields.Count];
        var problems = new RowProblems();
        return new RowReader(plan).Read(Encoding.UTF8.GetBytes(value is null ? """{"id":1}""" : $$"""{"id":1,"f":{{value}}}"""), row, problems) && plan.Quality.Admits(row, problems, null);
    }

    private static ContractPlan? Compile(JsonObject column)
    {
        var problems = new Flyball.Projects.ProblemList();
        var document = new JsonObject
        {
            ["apiVersion"] = "v3.1.0", ["kind"] = "DataContract", ["id"] = "random", ["version"] = "1.0.0", ["status"] = "active",
            ["schema"] = new JsonArray(new JsonObject
            {
                ["name"] = "rows",
                ["properties"] = new JsonArray(new JsonObject { ["name"] = "id", ["logicalType"] = "integer" }, column.DeepClone()),
            }),
        };
        var plan = Flyball.Contracts.Odcs.ContractCompiler.Compile(Flyball.Projects.YamlSection.Parse("c.odcs.yaml", document.ToJsonString(), problems)!);
        return problems.Count == 0 ? plan : null;
    }

    private static JsonObject Column(Random random)
    {
        var column = new JsonObject { ["name"] = "f" };
        if (Types[random.Next(Types.Length)] is { Length: > 0 } type)
        {
            column["logicalType"] = type;
        }

        if ((column["logicalType"] is null || random.Next(3) == 0) && PhysicalTypes[random.Next(PhysicalTypes.Length)] is { Length: > 0 } physical)
        {
            column["physicalType"] = physical;
        }

        for (var i = random.Next(4); i > 0; i--)
        {
            column = Mutate(column, random);
        }

        return column;
    }

    /// <summary>Changes one thing; what does not go with the type does not compile, and is tried no further.</summary>
    private static JsonObject Mutate(JsonObject column, Random random)
    {
        var changed = (JsonObject)column.DeepClone();
        var type = (string?)changed["logicalType"];
        switch (random.Next(9))
        {
            case 0:
                Set(changed, "logicalType", Types[random.Next(Types.Length)]);
                break;
            case 1:
                Set(changed, "physicalType", PhysicalTypes[random.Next(PhysicalTypes.Length)]);
                break;
            case 2:
                changed["required"] = random.Next(2) == 0;
                break;
            case 3:
                changed["customProperties"] = new JsonArray(new JsonObject { ["property"] = "nullPolicy", ["value"] = random.Next(2) == 0 ? "allow" : "refuse" });
                break;
            case 4:
                changed["enum"] = type is "integer" or "number" ? new JsonArray([.. Some(random, 1, 5, 300)]) : new JsonArray([.. Some(random, "a", "abc", "1")]);
                break;
            case 5:
                changed.Remove(random.Next(2) == 0 ? "enum" : "quality");
                break;
            case 6:
                changed["quality"] = new JsonArray(new JsonObject { ["metric"] = "invalidValues", ["mustBe"] = 0, ["arguments"] = new JsonObject { ["validValues"] = new JsonArray([.. Some(random, "a", "abc", "1")]) } });
                break;
            default:
                Option(changed, type, random);
                break;
        }

        return changed;
    }

    private static void Option(JsonObject column, string? type, Random random)
    {
        (string, JsonNode?)[] options = type switch
        {
            "integer" => [("minimum", random.Next(-5, 6)), ("maximum", random.Next(1, 400)), ("exclusiveMinimum", random.Next(-5, 6)), ("multipleOf", random.Next(1, 6)), ("format", random.Next(2) == 0 ? "u8" : "i16")],
            "number" => [("minimum", random.Next(-5, 6)), ("maximum", random.Next(2) == 0 ? 1e31 : 10), ("exclusiveMaximum", 5), ("multipleOf", 0.5), ("format", random.Next(2) == 0 ? "f32" : "f64")],
            "string" => [("minLength", random.Next(4)), ("maxLength", random.Next(8)), ("pattern", random.Next(2) == 0 ? "^[a-c]+$" : "^.{1,3}$"), ("format", random.Next(2) == 0 ? "email" : "uuid")],
            "date" or "timestamp" =>
                [("minimum", random.Next(2) == 0 ? "2020-06-01" : "2019-01-01"), ("maximum", "2021-06-15"), ("format", random.Next(2) == 0 ? "dd/MM/yyyy" : "dd/MM/yyyy HH:mm"), ("timezone", random.Next(2) == 0), ("defaultTimezone", random.Next(2) == 0 ? "Europe/Paris" : "Etc/UTC")],
            "time" => [("minimum", random.Next(2) == 0 ? "08:00:00" : "09:00:00"), ("maximum", random.Next(2) == 0 ? "08:45:00" : "10:00:00"), ("format", random.Next(2) == 0 ? "HHmm" : "HH:mm:ss")],
            "object" or "map" => [("minProperties", random.Next(3)), ("maxProperties", random.Next(3)), ("required", new JsonArray("a"))],
            "array" => [("minItems", random.Next(3)), ("maxItems", random.Next(4)), ("uniqueItems", random.Next(2) == 0)],
            _ => [],
        };
        if (type == "object" && random.Next(2) == 0)
        {
            column["properties"] = new JsonArray(new JsonObject { ["name"] = "a", ["logicalType"] = random.Next(2) == 0 ? "integer" : "string" });
        }
        else if (type == "array" && random.Next(2) == 0)
        {
            column["items"] = new JsonObject { ["logicalType"] = random.Next(2) == 0 ? "integer" : "string" };
        }
        else if (options.Length > 0)
        {
            var (name, value) = options[random.Next(options.Length)];
            var all = column["logicalTypeOptions"] as JsonObject ?? [];
            column.Remove("logicalTypeOptions");
            all[name] = random.Next(4) == 0 ? null : value?.DeepClone();
            if (all[name] is null)
            {
                all.Remove(name);
            }

            column["logicalTypeOptions"] = all;
        }
    }

    private static void Set(JsonObject column, string name, string text)
    {
        column.Remove(name);
        if (text.Length > 0)
        {
            column[name] = text;
        }
    }

    private static IEnumerable<JsonNode?> Some<T>(Random random, params T[] of) => of.Where((_, i) => i == 0 || random.Next(2) == 0).Select(v => (JsonNode?)JsonValue.Create(v));

    private static string With(string column, string custom = "") => $$"""
        apiVersion: v3.1.0
        kind: DataContract
        id: changed
        version: 1.0.0
        status: active
        schema:
          - name: rows
        {{custom}}    properties:
              - { name: id, logicalType: integer, primaryKey: true }
              - { name: f, {{column}} }

        """;
}
