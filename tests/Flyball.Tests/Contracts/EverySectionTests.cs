using Flyball.Contracts;
using Flyball.Projects;

namespace Flyball.Tests.Contracts;

public sealed class EverySectionTests
{
    [Fact]
    public void Every_section_of_the_standard_loads_and_is_kept()
    {
        var set = Compile(EverySection.Yaml, out var problems);

        Assert.Empty(problems);
        Assert.Equal(["riders", "rides"], set.Plans.Select(p => p.Source));
        var document = set.Plans[0].Definition.Document;
        Assert.Equal(22, document.Count);
        Assert.Equal("ada", document["team"]!["members"]![0]!["username"]!.GetValue<string>());
        Assert.Equal(4, set.Find("rides")!.Definition.Quality.Count);
        Assert.Single(set.Find("rides")!.Definition.Fields[2].Quality);
    }

    [Fact]
    public void Keys_uniqueness_and_kinds_are_compiled()
    {
        var rides = Compile(EverySection.Yaml, out _).Find("rides")!;

        Assert.Equal([0], rides.PrimaryKey);
        Assert.Equal(1, rides.EventTimeIndex);
        Assert.Equal(["plate"], rides.Unique.Select(i => rides.Schema.Fields[i].Name));
        Assert.Equal(
            [FieldKind.Integer, FieldKind.Timestamp, FieldKind.Text, FieldKind.Text, FieldKind.Number, FieldKind.Integer, FieldKind.Boolean, FieldKind.Date, FieldKind.Time, FieldKind.Text, FieldKind.Text, FieldKind.Object, FieldKind.Array, FieldKind.Map, FieldKind.Any],
            rides.Definition.Fields.Select(f => f.Kind));
        Assert.Equal("EUR", rides.Definition.Fields[4].Unit);
        Assert.Equal("restricted", rides.Definition.Fields[2].Classification);
    }

    [Fact]
    public void Relationships_are_foreign_keys_by_names_and_by_identifiers()
    {
        var rides = Compile(EverySection.Yaml, out _).Find("rides")!;

        Assert.Equal(["2 -> riders.id", "2,3 -> riders.id,country"], rides.Relationships.Select(r => $"{string.Join(',', r.Fields)} -> {r.TargetSource}.{string.Join(',', r.TargetFields)}"));
    }

    [Fact]
    public void Service_levels_are_lengths_of_time_of_the_source_they_name()
    {
        var set = Compile(EverySection.Yaml, out _);

        Assert.Equal(
            ["latency 90000000 event_time operational", $"retention {3L * 365 * 86_400_000_000}  ", "freshness 900000000  "],
            set.Find("rides")!.ServiceLevels.Select(s => $"{s.Property} {s.Micros} {s.Field} {s.Driver}"));
        Assert.Equal(["retention", "frequency id", "freshness"], set.Find("riders")!.ServiceLevels.Select(s => $"{s.Property} {s.Field}".TrimEnd()));
    }

    [Theory]
    [InlineData("tenant: City", "tennant: City", "FLY1103")]
    [InlineData("tags: [mobility, core]", "tags: { a: b }", "FLY1105")]
    [InlineData("  purpose: Rides as", "  purpose: [Rides] #", "FLY1105")]
    [InlineData("- { url: https://example.com/rides, type: businessDefinition, description: What a ride is }", "- { url: https://example.com/rides }", "FLY1104")]
    [InlineData("- { property: reviewed, value: yes }", "- { property: reviewed }", "FLY1104")]
    [InlineData("    type: postgresql", "    type: postgre", "FLY1107")]
    [InlineData("    port: 5432", "    port: five", "FLY1105")]
    [InlineData("    environment: prod", "    enviroment: prod", "FLY1103")]
    [InlineData("roles: [ { role: reader, access: read } ]", "roles: [ { access: read } ]", "FLY1104")]
    [InlineData("location: \"s3://rides/*.parquet\", ", "", "FLY1104")]
    [InlineData("{ channel: \"#rides\", tool", "{ chanel: \"#rides\", tool", "FLY1103")]
    [InlineData("priceAmount: 0.5", "priceAmount: half", "FLY1105")]
    [InlineData("dateIn: \"2026-01-01\"", "dateIn: \"2026-02-30\"", "FLY1105")]
    [InlineData("- { username: ada, role: owner", "- { role: owner", "FLY1104")]
    [InlineData("- { role: analyst, access: read, firstLevelApprovers: ada }", "- { role: analyst, approvers: ada }", "FLY1103")]
    [InlineData("value: 90, unit: s,", "value: 90, unit: fortnight,", "FLY1156")]
    [InlineData("value: 90, unit: s,", "value: ninety, unit: s,", "FLY1156")]
    [InlineData("value: 90, unit: s,", "value: -1, unit: s,", "FLY1156")]
    [InlineData("value: 3, unit: y }", "value: 3 }", "FLY1156")]
    [InlineData("value: 3, unit: y }", "value: 3, unit: y, elemnt: x }", "FLY1103")]
    [InlineData("- { url: https://example.com/contract, type: canonicalUrl }", "- { ulr: https://example.com/contract, type: canonicalUrl }", "FLY1103")]
    [InlineData("physicalName: rides_v2", "physicalNmae: rides_v2", "FLY1103")]
    [InlineData("    logicalType: object\n    physicalType: table", "    logicalType: table", "FLY1107")]
    [InlineData("type: foreignKey, from: [rides.rider_id", "type: foreign, from: [rides.rider_id", "FLY1107")]
    [InlineData("from: [rides.rider_id, rides.country]", "from: [rides.rider_id]", "FLY1155")]
    [InlineData("from: [rides.rider_id, rides.country]", "from: rides.rider_id", "FLY1155")]
    [InlineData("from: [rides.rider_id, rides.country]", "from: [rides.riderid, rides.country]", "FLY1155")]
    [InlineData("from: [rides.rider_id, rides.country], ", "", "FLY1104")]
    [InlineData("to: [riders.id, riders.country]", "to: [riders.id, riders.contry]", "FLY1155")]
    [InlineData("from: [rides.rider_id, rides.country]", "from: [rides.rider_id, rides.seats]", "FLY1155")]
    [InlineData("metric: rowCount, mustBeGreaterThan: 10", "metric: rowCount, mustBeGreatrThan: 10", "FLY1103")]
    [InlineData("{ type: text, description: Rides are whole }", "{ type: txt, description: Rides are whole }", "FLY1107")]
    [InlineData("severity: warning, dimension: completeness", "dimension: complete", "FLY1107")]
    [InlineData("primaryKeyPosition: 1, partitioned: false", "primaryKeyPosition: first, partitioned: false", "FLY1105")]
    [InlineData("partitioned: false, ", "partitioned: maybe, ", "FLY1105")]
    [InlineData("format: \"yyyy-MM-dd HH:mm:ss\"", "format: \"yyyy-MM-dd QQ\"", "FLY1107")]
    [InlineData("format: \"yyyy-MM-dd HH:mm:ss\"", "format: \"HH:mm:ss\"", "FLY1107")]
    [InlineData("timezone: false", "timezone: true", "FLY1107")]
    [InlineData("defaultTimezone: Europe/Paris", "defaultTimezone: Europe/Pariss", "FLY1107")]
    [InlineData("relationships: [ { to: schema/riders_tbl/properties/riders_id } ]", "relationships: [ { from: rides.rider_id, to: riders.id } ]", "FLY1155")]
    [InlineData("maxLength: 2, pattern: \"^[A-Z]+$\"", "maxLength: 1, pattern: \"^[A-Z]+$\"", "FLY1107")]
    [InlineData("pattern: \"^[A-Z]+$\"", "pattern: \"^([A-Z]+$\"", "FLY1107")]
    [InlineData("exclusiveMaximum: 1000, multipleOf", "exclusiveMaximum: 0, multipleOf", "FLY1107")]
    [InlineData("multipleOf: 0.01, format: f32", "multipleOf: -1, format: f32", "FLY1107")]
    [InlineData("multipleOf: 0.01, format: f32", "multipleOf: 0.01, format: f16", "FLY1107")]
    [InlineData("format: u8, minimum: 1", "format: u7, minimum: 1", "FLY1107")]
    [InlineData("format: u8, minimum: 1", "format: u8, minimum: 1e30", "FLY1107")]
    [InlineData("minimum: \"2020-01-01\"", "minimum: January", "FLY1105")]
    [InlineData("minimum: \"05:00:00\"", "minimum: \"25:00:00\"", "FLY1105")]
    [InlineData("exclusiveMaximum: \"23:30:00\"", "exclusiveMaximum: \"05:00:00\"", "FLY1107")]
    [InlineData("{ value: pool, tags: [cheap] }", "{ value: solo }", "FLY1102")]
    [InlineData("{ value: pool, tags: [cheap] }", "{ label: pool }", "FLY1104")]
    [InlineData("required: [city]", "required: [town]", "FLY1107")]
    [InlineData("minProperties: 1, maxProperties: 3", "minProperties: 4, maxProperties: 3", "FLY1107")]
    [InlineData("- { name: since, logicalType: date }", "- { name: zip, logicalType: date }", "FLY1102")]
    [InlineData("- { name: since, logicalType: date }", "- { name: since, logicalType: dat }", "FLY1107")]
    [InlineData("minItems: 1, maxItems: 3, uniqueItems: true", "minItems: -1", "FLY1107")]
    [InlineData("items: { logicalType: string, logicalTypeOptions: { maxLength: 5 } }", "items: { logicalType: string, logicalTypeOptions: { maxLenght: 5 } }", "FLY1103")]
    [InlineData("value: { logicalType: integer, logicalTypeOptions: { minimum: 0 } }", "vlaue: { logicalType: integer }", "FLY1103")]
    [InlineData("{ name: shared, logicalType: boolean }", "{ name: shared, logicalType: boolean, items: { logicalType: string } }", "FLY1107")]
    [InlineData("{ name: shared, logicalType: boolean }", "{ name: rider_id, logicalType: boolean }", "FLY1102")]
    [InlineData("{ name: shared, logicalType: boolean }", "{ logicalType: boolean }", "FLY1104")]
    [InlineData("{ name: shared, logicalType: boolean }", "{ name: shared, logicalType: boolean, requird: true }", "FLY1103")]
    public void A_wrong_variant_is_refused_in_its_line(string good, string wrong, string code)
    {
        var line = EverySection.LineOf(good);

        var set = Compile(EverySection.Yaml.Replace(good, wrong, StringComparison.Ordinal), out var problems);

        Assert.Empty(set.Plans);
        Assert.Contains(problems, p => p.Code == code && p.Where!.Line >= line && p.Where.Line <= line + wrong.AsSpan().Count('\n') && p.Where.Column > 0);
    }

    [Theory]
    [InlineData("    type: postgresql", "    type: postgre", "Did you mean 'postgres'?")]
    [InlineData("tenant: City", "tennant: City", "Did you mean 'tenant'?")]
    [InlineData("to: [riders.id, riders.country]", "to: [riders.id, riders.contry]", "Did you mean 'riders.country'?")]
    public void A_misspelt_name_gets_the_nearest_one(string good, string wrong, string remedy)
    {
        Compile(EverySection.Yaml.Replace(good, wrong, StringComparison.Ordinal), out var problems);

        Assert.Contains(problems, p => p.Remedy == remedy);
    }

    [Theory]
    [InlineData("to: [riders.id, riders.country]", "to: [drivers.id, drivers.country]", "FLY1147")]
    [InlineData("pattern: \"^[A-Z]+$\" } }", "pattern: \"^[A-Z]+$\", format: country } }", "FLY1147")]
    [InlineData("{ name: payload, physicalType: jsonb }", "{ name: payload, physicalType: geography }", "FLY1147")]
    [InlineData("element: rides.event_time, driver", "element: trips.event_time, driver", "FLY1147")]
    [InlineData("value: 90, unit: s,", "value: \"${LATENCY}\", unit: s,", "FLY1147")]
    [InlineData("{ name: shared, logicalType: boolean }", "{ name: shared, logicalType: boolean, tag: [x] }", "FLY1157")]
    public void What_loads_without_being_enforced_is_told(string good, string other, string code)
    {
        var line = EverySection.LineOf(good);

        var set = Compile(EverySection.Yaml.Replace(good, other, StringComparison.Ordinal), out var problems);

        Assert.Empty(problems);
        Assert.Equal(2, set.Plans.Count);
        Assert.Contains(problems.Notices, n => n.Code == code && n.Where!.Line == line);
    }

    [Theory]
    [InlineData("logicalType: string, enum: [north, south]", true)]
    [InlineData("logicalType: string, enum: [ { value: north, label: North } ]", true)]
    [InlineData("logicalType: integer, enum: [1, 2, 3]", true)]
    [InlineData("logicalType: date, enum: [\"2026-01-01\"]", false)]
    public void A_rule_on_invalid_values_without_arguments_is_about_the_enum(string property, bool isEnforced)
    {
        var yaml = $$"""
            apiVersion: v3.2.0
            kind: DataContract
            id: gates
            version: 1.0.0
            status: active
            schema:
              - name: gates
                properties:
                  - { name: side, {{property}}, quality: [ { type: library, metric: invalidValues, mustBeLessThan: 2, unit: percent } ] }
            """;

        var set = Compile(yaml, out var problems);

        Assert.Empty(problems);
        Assert.Single(set.Plans);
        Assert.Equal(isEnforced ? 1 : 0, set.Plans[0].Quality.Metrics.Length);
        Assert.Equal(isEnforced, !problems.Notices.Any(n => n.Code == "FLY1189" && n.Where!.Line == 9));
    }

    [Theory]
    [InlineData("v2.2.2")]
    [InlineData("v4.0.0")]
    [InlineData("3.1.0")]
    [InlineData("v3.1.0\u0000")]
    [InlineData("v3.9.0")]
    public void Another_version_of_the_standard_is_one_problem(string version)
    {
        Compile(EverySection.Yaml.Replace("apiVersion: v3.1.0", $"apiVersion: \"{version.Replace("\0", "\\0", StringComparison.Ordinal)}\"", StringComparison.Ordinal), out var problems);

        Assert.Equal(("FLY1110", 1), (Assert.Single(problems).Code, problems[0].Where!.Line));
    }

    private static ContractSet Compile(string yaml, out ProblemList problems)
    {
        problems = new ProblemList();
        var root = YamlSection.Parse("c.odcs.yaml", yaml, problems);
        return root is null ? new ContractSet([]) : ContractSet.Compile([new ProjectFile("c.odcs.yaml", root)], problems);
    }
}
