using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Registry;
using Flyball.Training;

namespace Flyball.Tests.Registry;

/// <summary>For a model of high risk the policy repeats a person's decision about the same definitions, and makes none of its own.</summary>
public class DefinitionApprovalsTests
{
    private static readonly ModelPlan Plan = RegistryFixture.Plan(["average_precision >= 0.5"], "high");
    private readonly Dictionary<string, string> definitions = [];

    [Fact]
    public async Task A_person_stands_behind_definitions_that_they_approved_before()
    {
        await using var fixture = new RegistryFixture();
        await RegisterAsync(fixture, 1, "a", "ann");
        var next = await RegisterAsync(fixture, 2, "a", "system:retraining");
        Assert.Null(Of(fixture, next, "system:retraining"));
        await fixture.Registry.ApproveAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, "read it", false, default);
        Assert.Equal(("bob", 1), Of(fixture, next, "system:retraining"));

        // Other definitions are nobody's yet, whoever approved the ones before.
        Assert.Null(Of(fixture, await RegisterAsync(fixture, 3, "b", "system:retraining"), "system:retraining"));
    }

    [Theory]
    [InlineData("Bob", null)]
    [InlineData("system:retraining", "bob")]
    public async Task Who_asks_or_applied_the_definitions_does_not_stand_for_them(string asker, string? definedBy)
    {
        await using var fixture = new RegistryFixture();
        await RegisterAsync(fixture, 1, "a", "ann");
        await fixture.Registry.ApproveAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, "read it", false, default);
        var next = await RegisterAsync(fixture, 2, "a", "system:retraining");
        Assert.Null(Of(fixture, next with { DefinedBy = definedBy }, asker));
    }

    [Fact]
    public async Task Neither_the_policy_itself_nor_a_broken_glass_stands_for_them()
    {
        await using var fixture = new RegistryFixture();
        await RegisterAsync(fixture, 1, "a", "ann");
        await fixture.Registry.ApproveAsync(RegistryFixture.Model, 1, Caller.System("policy"), "automatic", false, default);
        await RegisterAsync(fixture, 2, "a", "ann", skill: 0);
        Assert.True((await fixture.Registry.ApproveAsync(RegistryFixture.Model, 2, RegistryFixture.Approver, "drill", true, default)).Ok);
        Assert.Null(Of(fixture, await RegisterAsync(fixture, 3, "a", "system:retraining"), "system:retraining"));
    }

    [Fact]
    public async Task Who_applied_the_definitions_does_not_approve_the_version()
    {
        await using var fixture = new RegistryFixture();
        var bundle = RegistryFixture.Bundle(1);
        var run = new TrainingRun
        {
            RunId = Digest.Of("run").Hex, Model = RegistryFixture.Model, State = "succeeded", Author = "ann", StartedAt = "2026-01-01T00:00:00Z", Bundle = bundle.Digest.Hex,
            BundleBlob = fixture.Blobs.Put(bundle.Pack()).Hex, EvaluationBlob = fixture.Blobs.Put(RegistryFixture.Evaluation(0.9).ToBytes()).Hex,
        };
        var made = await fixture.Registry.RegisterAsync(Plan, run, RegistryFixture.Author, default, "dora");
        Assert.Equal("dora", fixture.Registry.Version(RegistryFixture.Model, made.Version!.Version)!.DefinedBy);
        Assert.Equal(["FLY3201"], (await fixture.Registry.ApproveAsync(RegistryFixture.Model, 1, Caller.Local("Dora"), "mine", false, default)).Problems.Select(p => p.Code));
        Assert.True((await fixture.Registry.ApproveAsync(RegistryFixture.Model, 1, RegistryFixture.Approver, "read it", false, default)).Ok);
    }

    [Fact]
    public void The_definitions_of_a_run_leave_data_and_program_out_and_everything_written_in()
    {
        const string run = """{"model":"m","features":"f","definition":"d","tables":["t 1"],"horizon":1,"as_of":2,"program":{"x":1},"permute_labels":null,"given_bundle":null}""";
        var known = RunIdentity.Definitions(run);
        Assert.NotNull(known);
        Assert.Equal(known, RunIdentity.Definitions(run.Replace("t 1", "t 2", StringComparison.Ordinal).Replace("\"horizon\":1", "\"horizon\":9", StringComparison.Ordinal).Replace("\"x\":1", "\"x\":2", StringComparison.Ordinal)));
        Assert.NotEqual(known, RunIdentity.Definitions(run.Replace("\"d\"", "\"e\"", StringComparison.Ordinal)));
        Assert.NotEqual(known, RunIdentity.Definitions(run.Replace("\"f\"", "\"g\"", StringComparison.Ordinal)));
        Assert.Null(RunIdentity.Definitions(run.Replace("\"permute_labels\":null", "\"permute_labels\":3", StringComparison.Ordinal)));
        Assert.Null(RunIdentity.Definitions(run.Replace("\"given_bundle\":null", "\"given_bundle\":\"b\"", StringComparison.Ordinal)));
        Assert.Null(RunIdentity.Definitions(null));
    }

    private (string Approver, int Version)? Of(RegistryFixture fixture, ModelVersion version, string asker) =>
        new DefinitionApprovals(fixture.Registry, run => definitions.TryGetValue(run, out var text) ? Digest.Of(text) : null).Of(version, asker);

    private async Task<ModelVersion> RegisterAsync(RegistryFixture fixture, int number, string definition, string author, double skill = 0.9)
    {
        var bundle = RegistryFixture.Bundle(number);
        definitions[bundle.Manifest.RunId] = definition;
        return (await fixture.Registry.RegisterBundleAsync(Plan, bundle, RegistryFixture.Evaluation(skill), Caller.Local(author), default)).Version!;
    }
}
