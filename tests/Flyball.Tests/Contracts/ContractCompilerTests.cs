using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Projects;

namespace Flyball.Tests.Contracts;

public sealed class ContractCompilerTests
{
    [Fact]
    public void A_standard_file_gives_source_columns_key_event_time_and_entities()
    {
        var plan = Sample.Transactions;

        Assert.Equal("transactions", plan.Source);
        Assert.Equal("1.0.0", plan.Version);
        Assert.Equal(["transaction_id", "event_time", "customer_id", "terminal_id", "amount"], plan.Schema.Fields.Select(f => f.Name));
        Assert.Equal(
            [ScalarType.Integer, ScalarType.Timestamp, ScalarType.Integer, ScalarType.Integer, ScalarType.Number],
            plan.Schema.Fields.Select(f => f.Type));
        Assert.Equal(1, plan.EventTimeIndex);
        Assert.Equal([0], plan.PrimaryKey);
        Assert.Equal(["customer:customer_id:2", "terminal:terminal_id:3"], plan.Entities.Select(e => $"{e.Entity}:{e.Field}:{e.Index}"));
    }

    [Fact]
    public void Sections_that_are_not_read_are_kept_and_count_for_the_digest()
    {
        Assert.NotNull(Sample.Transactions.Definition.Document["slaProperties"]);
        Assert.NotEqual(Sample.Transactions.Digest, Sample.Compile(Sample.TransactionsYaml.Replace("value: 1, unit: h", "value: 2, unit: h", StringComparison.Ordinal)).Digest);
        Assert.Equal(Sample.Transactions.Digest, Sample.Compile("# a comment\n" + Sample.TransactionsYaml.Replace("maximum: 10000 }", "maximum: 10_000 }".Replace("_", "", StringComparison.Ordinal), StringComparison.Ordinal)).Digest);
    }

    [Fact]
    public void The_key_follows_the_stated_positions() => Assert.Equal([1, 0], Sample.Everything.PrimaryKey);

    [Fact]
    public void A_contract_may_name_the_event_time_for_its_columns()
    {
        var yaml = Sample.TransactionsYaml
            .Replace("        customProperties: [ { property: eventTime, value: true } ]\n", "", StringComparison.Ordinal)
            .Replace("event_time", "happened", StringComparison.Ordinal) + "\ncustomProperties: [ { property: eventTime, value: happened } ]\n";

        Assert.Equal(1, Sample.Compile(yaml).EventTimeIndex);
    }

    [Theory]
    [InlineData("apiVersion: v3.1.0", "apiVersion: v4.0.0", "FLY1110", 1)]
    [InlineData("kind: DataContract", "kind: Contract", "FLY1107", 2)]
    [InlineData("status: active", "stats: active", "FLY1103", 6)]
    [InlineData("version: 1.0.0", "", "FLY1104", 1)]
    [InlineData("name: amount", "name: customer_id", "FLY1102", 31)]
    [InlineData("name: amount", "name: \"a\\tb\"", "FLY1107", 31)]
    [InlineData("name: amount", "name: Customer_Id", "FLY1102", 31)]
    [InlineData("logicalType: number", "logicalType: nummer", "FLY1107", 32)]
    [InlineData("logicalType: number", "logicalType: object", "FLY1103", 34)]
    [InlineData("minimum: 0,", "minimum: twenty,", "FLY1105", 34)]
    [InlineData("minimum: 0,", "minimum: 20000,", "FLY1107", 34)]
    [InlineData("minimum: 0,", "minimun: 0,", "FLY1103", 34)]
    [InlineData("minimum: 0,", "minimum: 0, exclusiveMinimum: 1,", "FLY1107", 34)]
    [InlineData("minimum: 0,", "minLength: 0,", "FLY1103", 34)]
    [InlineData("minimum: 0,", "multipleOf: 0,", "FLY1107", 34)]
    [InlineData("property: eventTime", "property: eventTme", "FLY1103", 22)]
    [InlineData("property: unit, value: EUR", "property: eventTime, value: true", "FLY1113", 31)]
    [InlineData("logicalType: timestamp", "logicalType: string", "FLY1113", 20)]
    [InlineData("required: true\n        customProperties: [ { property: entity, value: customer } ]", "required: maybe", "FLY1105", 25)]
    public void A_wrong_contract_is_refused_with_the_place(string old, string wrong, string code, int line)
    {
        var yaml = Sample.TransactionsYaml.Replace("\r", "", StringComparison.Ordinal);
        Assert.Contains(old, yaml, StringComparison.Ordinal);

        var problems = Sample.ProblemsOf(yaml.Replace(old, wrong, StringComparison.Ordinal));

        Assert.Contains(problems, p => p.Code == code && p.Where!.Line == line && p.Where.File == "c.odcs.yaml");
    }

    [Fact]
    public void All_problems_of_a_contract_are_reported_at_once()
    {
        var problems = Sample.ProblemsOf(Sample.TransactionsYaml
            .Replace("kind: DataContract", "kind: Contract", StringComparison.Ordinal)
            .Replace("logicalType: number", "logicalType: nummer", StringComparison.Ordinal)
            .Replace("terminal_id", "customer_id", StringComparison.Ordinal));

        Assert.Equal(3, problems.Count);
    }

    [Theory]
    [InlineData("(?=a)b")]
    [InlineData("(a)\\1")]
    [InlineData("(a")]
    public void A_pattern_that_would_backtrack_is_refused(string pattern)
    {
        var problems = Sample.ProblemsOf(Sample.EverythingYaml.Replace("\"^(a+)+$\"", $"'{pattern}'", StringComparison.Ordinal));

        Assert.Equal("FLY1107", Assert.Single(problems).Code);
    }

    [Fact]
    public void A_contract_without_event_time_is_timed_by_arrival()
    {
        var plan = Sample.Compile(Sample.EverythingYaml.Replace(", customProperties: [ { property: eventTime, value: true } ]", "", StringComparison.Ordinal));

        Assert.True(plan.IsTimedByArrival);
        Assert.Equal(7, plan.EventTimeOf([], new EventTime(7)).Micros);
    }

    [Fact]
    public void A_contract_that_names_a_missing_field_as_event_time_is_refused()
    {
        var yaml = Sample.EverythingYaml.Replace(", customProperties: [ { property: eventTime, value: true } ]", "", StringComparison.Ordinal);
        var problems = Sample.ProblemsOf("customProperties: [ { property: eventTime, value: happened } ]\n" + yaml);

        Assert.Equal("FLY1113", Assert.Single(problems).Code);
    }

    [Fact]
    public void Each_schema_object_of_a_file_is_a_source_and_they_share_the_document()
    {
        var problems = new ProblemList();
        var root = YamlSection.Parse("c.odcs.yaml", Sample.KeylessYaml + "\n  - name: other.v1\n    properties: [ { name: a-b, logicalType: string } ]\n", problems)!;

        var set = ContractSet.Compile([new ProjectFile("c.odcs.yaml", root)], problems);

        Assert.Empty(problems);
        Assert.Equal(["clicks", "other.v1"], set.Plans.Select(p => p.Source));
        Assert.Same(set.Plans[0].Definition.Document, set.Plans[1].Definition.Document);
        Assert.Equal(["FLY1147 12", "FLY1149 11"], problems.Notices.Select(n => $"{n.Code} {n.Where!.Line}"));
    }

    [Theory]
    [InlineData("name: ../etc")]
    [InlineData("name: a/b")]
    [InlineData("name: 'two words'")]
    [InlineData("name: .")]
    public void A_source_whose_name_cannot_stand_in_a_URL_loads_and_is_not_served(string name)
    {
        var problems = new ProblemList();
        var root = YamlSection.Parse("c.odcs.yaml", Sample.KeylessYaml.Replace("name: clicks", name, StringComparison.Ordinal), problems)!;

        Assert.Empty(ContractSet.Compile([new ProjectFile("c.odcs.yaml", root)], problems).Plans);
        Assert.Empty(problems);
        Assert.Equal(("FLY1148", 7), (Assert.Single(problems.Notices).Code, problems.Notices[0].Where!.Line));
    }
}
