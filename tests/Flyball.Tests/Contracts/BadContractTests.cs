using System.Diagnostics;
using System.Globalization;
using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Odcs;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Tests.Contracts;

public sealed class BadContractTests
{
    private const string Head = "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n  - name: s\n    properties:\n";

    [Fact]
    public void Aliases_that_explode_are_refused_at_the_alias()
    {
        var yaml = new StringBuilder(Head + "      - { name: a, logicalType: string }\ncustomProperties:\n  - property: x\n    value:\n      - &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 9; i++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"      - &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        var problem = Assert.Single(Problems(yaml.ToString()));

        Assert.Equal("FLY1101", problem.Code);
        Assert.InRange(problem.Where!.Line!.Value, 14, 18);
    }

    [Theory]
    [InlineData("      - { name: a, logicalType: string }\n      - name: b\n\tlogicalType: string\n", "FLY1100", 10)]
    [InlineData("      - { name: a, logicalType: string, logicalType: integer }\n", "FLY1102", 9)]
    [InlineData("      - { name: a, logicalType: string }\nid: y\n", "FLY1102", 10)]
    [InlineData("      - { name: a, logicalType: integer, logicalTypeOptions: { minimum: 1e400 } }\n", "FLY1105", 9)]
    [InlineData("      - { name: a, logicalType: integer, logicalTypeOptions: { exclusiveMinimum: 9223372036854775807 } }\n", "FLY1107", 9)]
    [InlineData("      - { name: a, logicalType: integer, logicalTypeOptions: { maximum: -1e30 } }\n", "FLY1107", 9)]
    [InlineData("      - { name: a, logicalType: string, logicalTypeOptions: { maxLength: 99999999999999999999 } }\n", "FLY1105", 9)]
    [InlineData("      - { name: a, logicalType: number, logicalTypeOptions: { multipleOf: 1e-400 } }\n", "FLY1107", 9)]
    [InlineData("      - { name: a, logicalType: string, logicalTypeOptions: { pattern: '(?<=a)b' } }\n", "FLY1107", 9)]
    [InlineData("      - { name: a, logicalType: string, logicalTypeOptions: { pattern: '((a{1,1000}){1,1000}){1,1000}' } }\n", "FLY1240", 9)]
    [InlineData("      - { name: a, logicalType: string, enum: [ { value: a }, { value: [b] } ] }\n", "FLY1105", 9)]
    [InlineData("      - { name: a, logicalType: integer, enum: [ { value: 1 }, { value: b } ] }\n", "FLY1107", 9)]
    [InlineData("      - a string\n", "FLY1105", 9)]
    public void A_broken_file_is_refused_at_its_line(string properties, string code, int line)
    {
        var clock = Stopwatch.StartNew();
        var problems = Problems(Head + properties);

        Assert.Contains(problems, p => p.Code == code && p.Where!.Line == line);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    [Fact]
    public void A_contract_of_ten_thousand_properties_is_refused_at_the_first_beyond_the_limit()
    {
        var yaml = Head + string.Concat(Enumerable.Range(0, 10_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"      - {{ name: f{i}, logicalType: string }}\n")));

        var problem = Assert.Single(Problems(yaml));

        Assert.Equal(("FLY1107", 1009), (problem.Code, problem.Where!.Line));
    }

    [Fact]
    public void Properties_are_nested_to_a_bounded_depth()
    {
        Assert.Empty(Problems(Head + Nest(8)));
        Assert.Contains(Problems(Head + Nest(10)), p => p.Code == "FLY1107" && p.Message.Contains("deeper", StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_pattern_is_refused_and_a_pattern_that_would_blow_up_takes_linear_time()
    {
        Assert.Equal("FLY1107", Assert.Single(Problems(Head + $"      - {{ name: a, logicalType: string, logicalTypeOptions: {{ pattern: '{new string('a', 5_000)}' }} }}\n")).Code);
        Assert.Empty(Problems(Head + "      - { name: a, logicalType: string, logicalTypeOptions: { pattern: '^(([a-z])+.)+[A-Z]([a-z])+$' } }\n"));
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_problem_of_its_own()
    {
        var report = ContractReport.Of("/nowhere/at/all.odcs.yaml");

        Assert.False(report.IsGood);
        Assert.Equal("FLY1106", Assert.Single(report.Errors).Code);
    }

    private static string Nest(int depth)
    {
        var yaml = new StringBuilder("      - ");
        for (var i = 0; i < depth; i++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"{{ name: n{i}, logicalType: object, properties: [ ");
        }

        yaml.Append("{ name: leaf, logicalType: string }");
        return yaml.Append(string.Concat(Enumerable.Repeat(" ] }", depth))).Append('\n').ToString();
    }

    private static IReadOnlyList<Problem> Problems(string yaml)
    {
        var problems = new ProblemList();
        if (YamlSection.Parse("c.odcs.yaml", yaml, problems) is { } root)
        {
            ContractSet.Compile([new ProjectFile("c.odcs.yaml", root)], problems);
        }

        return [.. problems];
    }
}
