using Flyball.Contracts;
using Flyball.Contracts.Quality;
using Flyball.Engine.Problems;

namespace Flyball.Tests.Contracts.Quality;

public class ForeignKeyTests
{
    [Theory]
    [InlineData("quarantine", 2, 1, 0)]
    [InlineData("alert", 3, 0, 1)]
    public async Task A_row_that_refers_to_nothing_has_the_outcome_of_its_contract(string outcome, int accepted, int quarantined, int findings)
    {
        await using var fixture = new LogFixture(Parents, Children(outcome));
        await fixture.IngestAsync("parents", """{"id":1}""", """{"id":2}""");

        var report = (await fixture.IngestAsync("children", """{"n":1,"parent":1}""", """{"n":2,"parent":null}""", """{"n":3,"parent":3}""")).Report!;

        Assert.Equal((accepted, quarantined), (report.Accepted, report.Quarantined));
        Assert.All(report.Reasons, r => Assert.Equal("FLY3123", Assert.Single(r.Problems).Code));
        var found = fixture.Log.Quality.ReadFindings("children", default, 10).SelectMany(f => f.Findings).ToList();
        Assert.Equal(findings, found.Count);
        Assert.All(found, f => Assert.Equal(("foreign key(parent → parents)", RuleOutcome.Alert, 1.0), (f.Rule, f.Outcome, f.Seen)));
    }

    [Fact]
    public async Task A_parent_that_came_since_is_found()
    {
        await using var fixture = new LogFixture(Parents, Children("quarantine"));
        Assert.Equal(1, (await fixture.IngestAsync("children", """{"n":1,"parent":9}""")).Report!.Quarantined);
        await fixture.IngestAsync("parents", """{"id":9}""");

        Assert.Equal(1, (await fixture.IngestAsync("children", """{"n":1,"parent":9}""")).Report!.Accepted);
    }

    private static ContractPlan Parents => Sample.Compile(Head("parents") + "      - { name: id, logicalType: integer, primaryKey: true }\n");

    private static ContractPlan Children(string outcome)
    {
        var plan = Sample.Compile(
            Head("children")
            + "      - { name: n, logicalType: integer }\n      - { name: parent, logicalType: integer }\n"
            + $"    customProperties: [ {{ property: foreignKeys, value: {outcome} }} ]\n");
        return new ContractPlan(plan.Definition, plan.Fields, plan.EventTimeIndex, plan.PrimaryKey, plan.Entities)
        {
            Quality = plan.Quality,
            Relationships = [new RelationshipPlan([1], "parents", ["id"], new ProblemLocation("c"))],
        };
    }

    private static string Head(string name) => $"apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n  - name: {name}\n    properties:\n";
}
