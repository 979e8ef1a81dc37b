using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Odcs;
using Flyball.Contracts.Quality;
using Flyball.Projects;

namespace Flyball.Tests.Contracts.Quality;

public class ForeignKeyTests
{
    private const string Parents = "{ name: id, logicalType: integer, primaryKey: true }; { name: code, logicalType: string, unique: true }; { name: kind, logicalType: string }";

    [Theory]
    [InlineData("quarantine", 2, 1, 0)]
    [InlineData("alert", 3, 0, 1)]
    public async Task A_row_that_refers_to_nothing_has_the_outcome_of_its_contract(string outcome, int accepted, int quarantined, int findings)
    {
        await using var fixture = Open(Children("parents.id", outcome), Object("parents", Parents));
        await fixture.IngestAsync("parents", """{"id":1,"code":"a"}""", """{"id":2,"code":"b"}""");

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
        await using var fixture = Open(Children("parents.id", "quarantine"), Object("parents", Parents));
        Assert.Equal(1, (await fixture.IngestAsync("children", """{"n":1,"parent":9}""")).Report!.Quarantined);
        await fixture.IngestAsync("parents", """{"id":9,"code":"a"}""");

        Assert.Equal(1, (await fixture.IngestAsync("children", """{"n":1,"parent":9}""")).Report!.Accepted);
    }

    [Fact]
    public async Task A_unique_column_is_referred_to_also_after_a_restart()
    {
        await using var fixture = Open(Children("parents.code", "quarantine", "string"), Object("parents", Parents));
        await fixture.IngestAsync("parents", """{"id":1,"code":"a"}""", """{"id":2,"code":null}""");
        for (var i = 0; i < 2; i++)
        {
            var report = (await fixture.IngestAsync("children", """{"n":1,"parent":"a"}""", """{"n":2,"parent":"b"}""")).Report!;

            Assert.Equal((1, 1), (report.Accepted, report.Quarantined));
            await fixture.ReopenAsync();
        }
    }

    [Fact]
    public async Task Columns_that_include_a_key_are_referred_to_together()
    {
        var children = Object("children", "{ name: p, logicalType: integer }; { name: k, logicalType: string }", "quarantine", "relationships: [ { from: [children.k, children.p], to: [parents.kind, parents.id] } ]");
        await using var fixture = Open(children, Object("parents", Parents));
        await fixture.IngestAsync("parents", """{"id":1,"code":"a","kind":"x"}""");

        var report = (await fixture.IngestAsync("children", """{"p":1,"k":"x"}""", """{"p":1,"k":"y"}""", """{"p":1,"k":null}""")).Report!;

        Assert.Equal((2, 1), (report.Accepted, report.Quarantined));
        Assert.Equal(1, Assert.Single(report.Reasons).Row);
    }

    [Theory]
    [InlineData("parents.kind", "string", "FLY1200")]
    [InlineData("pairs.a", "integer", "FLY1200")]
    [InlineData("people.mail", "string", "FLY1201")]
    public void A_reference_that_cannot_be_checked_is_refused_where_it_stands(string to, string type, string code)
    {
        var problems = new ProblemList();
        var pairs = Object("pairs", "{ name: a, logicalType: integer, primaryKey: true, primaryKeyPosition: 1 }; { name: b, logicalType: integer, primaryKey: true, primaryKeyPosition: 2 }");
        var people = Object("people", "{ name: mail, logicalType: string, unique: true, classification: personal }");
        Compile(problems, Children(to, "alert", type), Object("parents", Parents), pairs, people);

        var problem = Assert.Single(problems);
        Assert.Equal(code, problem.Code);
        Assert.True(problem.Where!.Line > 1);
        Assert.NotNull(problem.Remedy);
    }

    [Fact]
    public void A_reference_to_part_of_a_unique_pair_twice_is_refused()
    {
        var problems = new ProblemList();
        Compile(problems, Object("children", "{ name: p, logicalType: integer }; { name: q, logicalType: integer }", "alert", "relationships: [ { from: [children.p, children.q], to: [parents.id, parents.id] } ]"), Object("parents", Parents));

        Assert.Equal("FLY1200", Assert.Single(problems).Code);
    }

    [Fact]
    public async Task A_parent_in_the_same_batch_is_seen_before_or_behind_its_children()
    {
        await using var fixture = Open(Tree("quarantine"));

        var report = (await fixture.IngestAsync("tree", Node(2, 1), Node(1, null), Node(3, 2), Node(5, 4), Node(6, 5), Node(7, 8), Node(8, 7))).Report!;

        // 5 refers to nothing, and 6 to 5; 7 and 8 refer to each other.
        Assert.Equal((5, 2), (report.Accepted, report.Quarantined));
        Assert.Equal([3, 4], report.Reasons.Select(r => r.Row));
        Assert.Equal([2L, 1, 3, 7, 8], fixture.Seen.Select(r => r.Row[0].AsInteger));
    }

    [Fact]
    public async Task A_row_put_aside_for_its_parent_can_be_released_when_the_parent_came()
    {
        await using var fixture = Open(Tree("quarantine"));
        await fixture.IngestAsync("tree", Node(1, null), Node(5, 4));

        var aside = Assert.Single(fixture.Log.ReadQuarantine("tree", default, 10));
        Assert.Equal("FLY3123", aside.Problems[0].Code);
        await fixture.IngestAsync("tree", Node(4, 1));
        using var batch = fixture.Log.NewBatch("tree")!;
        batch.AddKept(aside);
        batch.Settle();

        Assert.Single(batch.Accepted);
    }

    [Fact]
    public async Task An_alert_counts_rows_whose_parent_is_nowhere_in_the_batch()
    {
        await using var fixture = Open(Tree("alert"));

        await fixture.IngestAsync("tree", Node(2, 1), Node(1, null), Node(5, 4), Node(6, 5));

        var finding = Assert.Single(Assert.Single(fixture.Log.Quality.ReadFindings("tree", default, 10)).Findings);
        Assert.Equal(("foreign key(parent → tree)", 1.0), (finding.Rule, finding.Seen));
    }

    [Theory]
    [InlineData("quarantine")]
    [InlineData("hold")]
    public async Task A_file_longer_than_a_batch_finds_the_parents_that_stand_before(string outcome)
    {
        await using var fixture = Open(Tree(outcome));
        var path = Path.Combine(fixture.Folder, "tree.ndjson");
        await File.WriteAllLinesAsync(path, Enumerable.Range(1, 20_000).Select(i => Node(i, i == 1 ? null : i / 2)));

        var imported = await EventImport.RunAsync(fixture.Log, "tree", path, KnownAtPolicy.Assigned, LogFixture.Tester, null, default);

        Assert.Equal((20_000, 20_000), (imported.Received, imported.Accepted));
    }

    private static string Node(int id, int? parent) => FormattableString.Invariant($$"""{"id":{{id}},"parent":{{(parent is { } p ? $"{p}" : "null")}}}""");

    private static string Tree(string outcome) => Object("tree", "{ name: id, logicalType: integer, primaryKey: true }; { name: parent, logicalType: integer, relationships: [ { to: tree.id } ] }", outcome);

    private static string Children(string to, string outcome, string type = "integer") =>
        Object("children", $"{{ name: n, logicalType: integer }}; {{ name: parent, logicalType: {type}, relationships: [ {{ to: {to} }} ] }}", outcome);

    private static string Object(string name, string properties, string outcome = "alert", string? more = null) =>
        $"  - name: {name}\n    customProperties: [ {{ property: foreignKeys, value: {outcome} }} ]\n{(more is null ? "" : $"    {more}\n")}    properties:\n"
        + string.Concat(properties.Split("; ").Select(p => $"      - {p}\n"));

    private static LogFixture Open(params string[] objects)
    {
        var problems = new ProblemList();
        var plans = Compile(problems, objects);
        Assert.Empty(problems);
        return new LogFixture([.. plans]);
    }

    private static IReadOnlyList<ContractPlan> Compile(ProblemList problems, params string[] objects) =>
        ContractCompiler.Compile([YamlSection.Parse("c.odcs.yaml", "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n" + string.Concat(objects), problems)!]);
}
