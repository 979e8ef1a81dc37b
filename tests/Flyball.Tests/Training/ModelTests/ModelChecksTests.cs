using Flyball.Tests.Workspaces;
using Flyball.Training;
using Flyball.Training.ModelTests;

namespace Flyball.Tests.Training.ModelTests;

public sealed class ModelChecksTests
{
    private const string Request = """{"transaction_id":1,"event_time":"2018-05-01T10:00:00Z","customer_id":1,"terminal_id":2,"amount":10.5}""";

    [Fact]
    public void TestsCostsAndGoldenCases_AreRead()
    {
        var plan = Load("tests: [ { increase: amount, expect: not-lower, by: 5, violations: 0.1 }, { regression: champion, flips: 0.05, largest_change: 0.3 } ]\ncosts: { false_positive: 5, false_negative: amount, precision: 0.5 }",
            $$"""{"request":{{Request}},"prediction":0.1,"tolerance":0.05}""" + "\n\n" + $$"""{"request":{{Request}},"decision":"allow"}""");
        var checks = plan.Models["fraud"].Checks;
        Assert.Equal(["amount_increase_not_lower", "regression"], checks.Tests.Select(t => t.Name));
        Assert.Equal((5.0, 0.1), (checks.Tests[0].By!.Value, checks.Tests[0].Violations));
        Assert.Equal((5.0, "amount", 0.5), (checks.Costs!.FalsePositive!.Value, checks.Costs.FalseNegativeColumn, checks.Costs.Precision!.Value));
        Assert.Equal([1, 3], checks.Golden!.Select(g => g.Line));
        Assert.Contains("golden/fraud.jsonl", plan.Files.Keys);
        Assert.Null(Load("", null).Models["fraud"].Checks.Golden);
    }

    [Theory]
    [InlineData("FLY1300", "costs: { false_positive: -1, false_negative: 2 }")]
    [InlineData("FLY1300", "costs: { false_positive: 1, false_negative: nothing }")]
    [InlineData("FLY1300", "costs: { false_positive: 1, false_negative: 2, precision: 1.5 }")]
    [InlineData("FLY1301", "tests: [ { expect: same } ]")]
    [InlineData("FLY1301", "tests: [ { increase: amount, change: amount, expect: same } ]")]
    [InlineData("FLY1301", "tests: [ { increase: amount, expect: same }, { increase: amount, expect: same } ]")]
    [InlineData("FLY1302", "tests: [ { increase: amuont, expect: same } ]")]
    [InlineData("FLY1302", "tests: [ { increase: event_time, expect: same } ]")]
    [InlineData("FLY1303", "tests: [ { increase: amount } ]")]
    [InlineData("FLY1303", "tests: [ { increase: amount, expect: lower } ]")]
    [InlineData("FLY1303", "tests: [ { increase: amount, expect: same, tolerance: -1 } ]")]
    [InlineData("FLY1303", "tests: [ { regression: previous } ]")]
    public void ASectionThatCannotBeUsed_IsRefusedWithItsLine(string code, string section)
    {
        var problem = Assert.Single(Problems(section, null));
        Assert.Equal(code, problem.Code);
        Assert.NotNull(problem.Where?.Line);
        Assert.NotNull(problem.Remedy);
    }

    [Theory]
    [InlineData("FLY1310", "not json")]
    [InlineData("FLY1310", "[]")]
    [InlineData("FLY1310", """{"request":REQUEST}""")]
    [InlineData("FLY1310", """{"request":REQUEST,"prediction":0.1}""")]
    [InlineData("FLY1310", """{"request":REQUEST,"prediction":0.1,"tolerance":-1}""")]
    [InlineData("FLY1310", """{"request":REQUEST,"decision":"allow","note":1}""")]
    [InlineData("FLY1311", """{"request":{"transaction_id":1},"decision":"allow"}""")]
    public void AGoldenCaseThatCannotBeUsed_IsRefusedWithItsLine(string code, string line)
    {
        var problems = Problems("", "\n" + line.Replace("REQUEST", Request, StringComparison.Ordinal));
        Assert.NotEmpty(problems);
        Assert.All(problems, p => Assert.Equal((code, "golden/fraud.jsonl", 2), (p.Code, p.Where?.File, p.Where?.Line)));
    }

    private static ProjectPlan Load(string section, string? golden)
    {
        using var project = Written(section, golden);
        var plan = ProjectPlan.Load(project.Folder, out var problems);
        Assert.Empty(problems);
        return plan!;
    }

    private static IReadOnlyList<Engine.Problems.Problem> Problems(string section, string? golden)
    {
        using var project = Written(section, golden);
        Assert.Null(ProjectPlan.Load(project.Folder, out var problems));
        return [.. problems];
    }

    private static FraudProject Written(string section, string? golden)
    {
        var project = new FraudProject();
        File.AppendAllText(project["models/fraud.yaml"], $"\n{section}\n");
        if (golden is not null)
        {
            Directory.CreateDirectory(project["golden"]);
            File.WriteAllText(project["golden/fraud.jsonl"], golden);
        }

        return project;
    }
}
