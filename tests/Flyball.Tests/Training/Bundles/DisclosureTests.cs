using System.Globalization;
using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Privacy;
using Flyball.Engine.Expressions;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Registry;
using Flyball.Tests.Training.Tasks;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Datasets;
using Flyball.Training.Evaluation;
using Flyball.Training.Lineage;

namespace Flyball.Tests.Training.Bundles;

/// <summary>What a run leaves holds no value of a column whose class keeps its values in the log.</summary>
public sealed class DisclosureTests
{
    /// <summary>Parts of every planted value.</summary>
    private static readonly string[] Planted = ["hivsecret", "flusecret", "mailsecret", "314159", "77000"];

    [Theory]
    [InlineData("one-hot")]
    [InlineData("ordinal")]
    [InlineData("target(10)")]
    public async Task Nothing_that_a_run_leaves_holds_a_planted_value(string encoding)
    {
        await using var world = await OpenAsync("restricted", "confidential", encoding);
        var (_, bundle, frozen) = world.Train();

        Assert.Empty(Found(world));
        Assert.DoesNotContain(frozen.Texts!.Keys.Concat(frozen.Columns.Keys), c => c is "illness" or "email" or "salary" or "ward");
        // The bundle loads, its golden rows come out, and a masked category is still told from another.
        using var scorer = BundleScorer.Load(bundle);
        Value[] asked = [Value.FromNumber(0.5), Value.FromText("hivsecret"), Value.Null, Value.Null, Value.FromText("basic")];
        var (ill, other) = (scorer.ScoreOne(asked), scorer.ScoreOne([asked[0], Value.FromText("nosecret"), .. asked[2..]]));
        Assert.True(ill.Calibrated > other.Calibrated + 0.1, $"{ill.Calibrated} and {other.Calibrated}");
    }

    /// <summary>The control: the same search finds the same values when their columns are open.</summary>
    [Fact]
    public async Task The_search_finds_values_of_open_columns()
    {
        await using var world = await OpenAsync("internal", "Public", "one-hot");
        world.Train();

        Assert.Equal(["314159", "77000", "flusecret", "hivsecret", "mailsecret"], Found(world).Select(f => f.Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Costs_of_a_hidden_column_are_still_counted()
    {
        await using var world = await OpenAsync("restricted", "confidential", "one-hot", "costs: { false_positive: 5, false_negative: salary }");

        var (_, bundle, _) = world.Train();

        var report = EvaluationReport.Parse(bundle[EvaluationReport.MemberName].Span);
        Assert.NotNull(report.Thresholds!.Single(t => t.Rule == "least_cost").Threshold);
    }

    [Theory]
    [InlineData("monitor: { groups: [ illness ] }", "FLY3383")]
    [InlineData("gates: [ \"slice(salary > 5): roc_auc >= 0.6\" ]", "FLY3384")]
    [InlineData("gates: [ \"slices(illness): roc_auc >= 0.6\" ]", "FLY3384")]
    [InlineData("gates: [ \"slices(plan): roc_auc >= 0.6\" ]", null)]
    public void Results_are_not_shown_by_a_hidden_column(string section, string? code)
    {
        var folder = Directory.CreateTempSubdirectory("flyball-disclosure-");
        try
        {
            foreach (var (path, text) in Files("restricted", "confidential").Append(new("flyball.yaml", "name: people\n")).Append(new("features/person.yaml", View)).Append(new("models/m.yaml", Model("one-hot", section))))
            {
                var target = Path.Combine(folder.FullName, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.WriteAllText(target, text);
            }

            var plan = ProjectPlan.Load(folder.FullName, out var problems);
            if (plan is not null)
            {
                ModelGates.Read(plan.Models["m"], problems);
            }

            Assert.Equal(code is null ? [] : new[] { code }, problems.Select(p => p.Code));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("public", true)]
    [InlineData(" Internal ", true)]
    [InlineData("unclassified", true)]
    [InlineData("confidential", false)]
    [InlineData("restricted", false)]
    [InlineData("sensitive", false)]
    [InlineData("something new", false)]
    [InlineData("", false)]
    public void A_class_that_is_not_known_to_be_harmless_is_hidden(string? classification, bool isOpen) =>
        Assert.Equal(isOpen, Disclosure.IsOpen(Field(classification)));

    [Fact]
    public void A_field_with_something_hidden_inside_is_hidden()
    {
        var inside = Field("restricted");
        Assert.False(Disclosure.IsOpen(Field(null) with { Properties = [Field("public"), inside] }));
        Assert.False(Disclosure.IsOpen(Field(null) with { Item = inside }));
        Assert.False(Disclosure.IsOpen(Field(null) with { Key = inside }));
        Assert.False(Disclosure.IsOpen(Field(null) with { Privacy = PrivacyTreatment.Tokenise }));
        Assert.True(Disclosure.IsOpen(Field(null) with { Item = Field("public") }));
    }

    [Fact]
    public void A_profile_that_is_not_open_has_coarse_edges_or_none()
    {
        double[] many = [.. Enumerable.Range(0, 400).Select(i => 314159.25 + (i * 17.5))], few = [.. Enumerable.Range(0, 400).Select(i => 77000.0 + (i % 3))];

        Assert.All(FrozenProfile.Of(many, isOpen: false).Bins.Edges, e => Assert.Equal(0, e % 10_000));
        Assert.Equal(400, FrozenProfile.Of(many, isOpen: false).Counts.Present);
        Assert.Equal(0, FrozenProfile.Of(few, isOpen: false).Bins.Count);
        Assert.NotEmpty(FrozenProfile.Of(few).Bins.Values);
    }

    private static FieldDefinition Field(string? classification) => new()
    {
        Name = "f",
        Path = "f",
        LogicalType = "string",
        Kind = FieldKind.Text,
        Classification = classification,
        Section = YamlSection.Parse("f.yaml", "a: 1", [])!,
    };

    /// <summary>Every planted text in every byte that the run left: its folder without the definitions, what it said, its identity and its lineage.</summary>
    private static List<(string File, string Value)> Found(TaskWorld world)
    {
        var job = Directory.GetDirectories(world.Folder, "job-*").Single();
        var left = Directory.EnumerateFiles(job, "*", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(job, f).StartsWith("project", StringComparison.Ordinal)).Select(f => (File: Path.GetFileName(f), Bytes: File.ReadAllBytes(f))).ToList();
        var bundle = ModelBundle.Unpack(File.ReadAllBytes(Path.Combine(job, "bundle.zip")));
        left.AddRange(bundle.Files.Select(f => (f.Name, bundle[f.Name].ToArray())));
        left.Add(("said", Encoding.UTF8.GetBytes(string.Join('\n', world.Said))));
        var tables = EventLake.Extend(world.Workspace.Events, world.Workspace.Lake, TrainingSetBuilder.SourcesOf(world.Model), world.Events.Applied);
        var identity = RunIdentity.Describe(world.Model, tables, 1, 1, new TrainingRequest());
        var lineage = LineageEvents.Bare("COMPLETE", "2026-01-01T00:00:00Z", Guid.Empty, "people", "m").WithInputs("people", world.Plan!, tables).WithModel("people", world.Model, FeatureCatalogue.Of(world.Plan!.Features), "b");
        left.Add(("identity", Encoding.UTF8.GetBytes(identity.ToJsonString())));
        left.Add(("lineage", Encoding.UTF8.GetBytes(lineage.ToJsonString())));
        Assert.True(left.Count > 12);
        return [.. left.SelectMany(f => Planted.Where(p => f.Bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(p)) >= 0).Select(p => (f.File, p)))];
    }

    private static Task<TaskWorld> OpenAsync(string one, string other, string encoding, string more = "") =>
        TaskWorld.OpenAsync(Model(encoding, more), rows: 600, view: View, files: Files(one, other), rowOf: Row);

    private static Dictionary<string, string> Files(string one, string other) => new() { ["contracts/people.odcs.yaml"] = Contract(one, other) };

    private const string View = """
        view: person
        inputs: people
        features:
          x: x
          illness: illness
          salary: salary
          ward: ward
          plan: plan
        """;

    private static string Model(string encoding, string more) =>
        TaskWorld.ModelFile("binary-classification", "value: left, positive: \"Yes\"", $"{TaskWorld.Stratified}\nencode: {{ illness: {encoding}, plan: one-hot }}\n{TaskWorld.Trees()}\n{more}\n");

    private static string Contract(string one, string other) => $$"""
        apiVersion: v3.1.0
        kind: DataContract
        id: people
        version: 1.0.0
        status: active
        schema:
          - name: people
            properties:
              - { name: id, logicalType: string, required: true, primaryKey: true }
              - { name: x, logicalType: number, required: true }
              - { name: plan, logicalType: string, required: true, classification: internal }
              - { name: illness, logicalType: string, required: true, classification: {{one}}, enum: [ { value: hivsecret }, { value: flusecret }, { value: nosecret } ] }
              - { name: email, logicalType: string, required: true, classification: {{other}} }
              - { name: code, logicalType: string, required: true, classification: {{other}} }
              - { name: salary, logicalType: integer, required: true, classification: {{other}} }
              - { name: ward, logicalType: integer, required: true, classification: {{one}} }
              - { name: left, logicalType: string, required: true, enum: [ { value: "Yes" }, { value: "No" } ] }
        """;

    /// <summary>Who has the first illness leaves; every tenth has one of few codes, which would be a slice.</summary>
    private static string Row(int number)
    {
        var random = new Random(77 + number);
        var (x, illness) = (Math.Round(random.NextDouble(), 6), ((string[])["hivsecret", "flusecret", "nosecret"])[random.Next(3)]);
        var left = illness == "hivsecret" ? random.Next(10) < 8 : random.Next(10) < 2;
        return string.Create(CultureInfo.InvariantCulture, $$"""{"id":"p{{number}}","x":{{x}},"plan":"{{(number % 3 == 0 ? "basic" : "plus")}}","illness":"{{illness}}","email":"a{{number}}@mailsecret.example","code":"mailsecret{{number % 4}}","salary":{{314159000 + number}},"ward":{{7700001 + (number % 3)}},"left":"{{(left ? "Yes" : "No")}}"}""");
    }
}
