using System.Text;
using System.Text.Json;
using Flyball.Contracts;
using Flyball.Engine.Problems;

namespace Flyball.Tests.Contracts.Laws;

/// <summary>The law of the gate: what is accepted holds every rule, and what is put aside breaks at least the rule that is named.</summary>
public sealed class GateLawTests
{
    private const int Contracts = 400;
    private const int RowsEach = 60;

    [Fact]
    public async Task Accepted_rows_hold_every_rule_and_quarantined_rows_break_the_rule_named()
    {
        var (accepted, quarantined) = (0, 0);
        var codes = new HashSet<string>();
        for (var seed = 0; seed < Contracts; seed++)
        {
            var random = new Random(seed);
            var contract = RandomContract.Make(random);
            var checker = new IndependentChecker(contract);
            await using var fixture = new LogFixture(Sample.Compile(contract.ToYaml()));
            var rows = Enumerable.Range(0, RowsEach).Select(i => RandomRow.Make(contract, i, random)).ToArray();
            var report = (await fixture.IngestAsync("random", rows)).Report!;

            Assert.Equal(RowsEach, report.Received);
            Assert.Equal(report.Received, report.Accepted + report.Quarantined + report.Duplicates);
            Assert.Equal(report.Quarantined, report.Reasons.Count);
            var refused = report.Reasons.ToDictionary(r => r.Row, r => r.Problems);
            var keys = new HashSet<string>();
            var duplicates = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                var violations = checker.Violations(rows[i]);
                var isRepeated = violations.Count == 0 && !keys.Add(checker.KeyOf(rows[i]));
                if (isRepeated && refused.ContainsKey(i))
                {
                    violations.Add(("FLY3111", ""));
                }
                else if (isRepeated)
                {
                    duplicates++;
                }

                if (refused.TryGetValue(i, out var problems))
                {
                    Assert.All(problems, p => Assert.True(violations.Contains((p.Code, SubjectOf(p))), Say(seed, rows[i], contract, $"{p.Code} {p.Message}")));
                    codes.UnionWith(problems.Select(p => p.Code));
                    quarantined++;
                }
                else
                {
                    Assert.True(violations.Count == 0, Say(seed, rows[i], contract, $"accepted, though {string.Join(", ", violations)}"));
                    accepted++;
                }
            }

            Assert.Equal(duplicates, report.Duplicates);
        }

        // The law holds of nothing when the generator has gone blind.
        Assert.True(accepted > 2_000 && quarantined > 2_000, $"{accepted} accepted, {quarantined} quarantined");
        Assert.Superset(new HashSet<string> { "FLY3101", "FLY3102", "FLY3103", "FLY3104", "FLY3105", "FLY3106", "FLY3107", "FLY3108", "FLY3120" }, codes);
    }

    /// <summary>The field, or the name of the rule over the row, which the message quotes.</summary>
    private static string SubjectOf(Problem problem) => problem.Code == "FLY3120" ? problem.Message.Split('\'')[1] : problem.Where?.Field ?? "";

    private static string Say(int seed, string row, RandomContract contract, string what) => $"seed {seed}: {what}\n{row}\n{contract.ToYaml()}";
}
