using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Governance.Readiness;
using Flyball.Registry;
using Flyball.Rollout;
using Flyball.Training;
using Flyball.Training.Evaluation;
using Flyball.Training.Pipeline;

namespace Flyball.Tests.Governance.Readiness;

/// <summary>Each test of the score is answered by its evidence, and is missing without it.</summary>
public sealed class MlTestScoreTests
{
    private static readonly string[] ForPeople = ["data.2", "model.2", "model.7"];

    /// <summary>What to take away, or to break, so that a test is not answered any more.</summary>
    private static readonly (string Test, Func<ReadinessFacts, ReadinessFacts> Without)[] Broken =
    [
        ("data.1", f => f with { Sources = [f.Sources[0] with { Rules = 0 }] }),
        ("data.1", f => f with { Sources = [] }),
        ("data.3", f => f with { Version = Gates(f, g => g with { Ok = g.Ok && !g.Gate.StartsWith("latency", StringComparison.Ordinal) }) }),
        ("data.4", f => f with { Steps = [.. f.Steps.Where(s => s.Step != StepNames.Leakage)] }),
        ("data.5", f => f with { Sources = [f.Sources[0] with { Unclassified = ["amount"] }] }),
        ("data.6", f => f with { Steps = [.. f.Steps.Select(s => s.Step == StepNames.Features ? s with { State = "failed" } : s)] }),
        ("data.7", f => f with { Report = Tests(f, "golden_set") }),
        ("model.1", f => f with { Run = f.Run! with { Source = null } }),
        ("model.1", f => f with { Run = f.Run! with { Source = f.Run!.Source!.Replace("false", "true", StringComparison.Ordinal) } }),
        ("model.1", f => f with { Run = f.Run! with { Source = """{"commit":"0123456789abcdef","dirty":false}""" } }),
        ("model.1", f => f with { Run = f.Run! with { Source = $$$"""{"applied":"{{{Digest.Of("project").Hex}}}","claimed":{"commit":"0123456789abcdef","dirty":false}}""" } }),
        ("model.1", f => f with { Approvals = [f.Approvals[0] with { Actor = "ANN" }] }),
        ("model.1", f => f with { Approvals = [f.Approvals[0] with { Actor = "ann" }] }),
        ("model.1", f => f with { Approvals = [f.Approvals[0] with { Digest = Digest.Of("another bundle").Hex }] }),
        ("model.3", f => f with { Members = f.Members.Where(m => m.Key != "search.json").ToDictionary() }),
        ("model.4", f => f with { ComparedWith = null }),
        ("model.5", f => f with { Report = f.Report! with { Metrics = [.. f.Report!.Metrics.Select(m => m with { Baseline = m.Value })] } }),
        ("model.5", f => f with { Report = f.Report! with { Metrics = [.. f.Report!.Metrics.Select(m => m with { Baseline = null })] } }),
        ("model.5", f => f with { Report = f.Report! with { Metrics = [.. f.Report!.Metrics.Select(m => m with { Lower = m.Baseline })] } }),
        ("model.5", f => f with { Report = f.Report! with { Metrics = [.. f.Report!.Metrics.Select(m => m with { Lower = null, Insufficient = "too few rows" })] } }),
        ("model.6", f => f with { Version = Gates(f, g => g with { Ok = !g.Gate.StartsWith("slice", StringComparison.Ordinal) }) }),
        ("model.6", f => f with { Report = f.Report! with { Slices = [] }, Version = f.Version! with { Gates = [.. f.Version!.Gates.Take(2)] } }),
        ("infra.1", f => f with { Run = f.Run! with { Identity = null } }),
        ("infra.1", f => f with { Run = f.Run! with { Bundle = Digest.Of("another bundle").Hex } }),
        ("infra.1", f => f with { Reproduced = null }),
        ("infra.1", f => f with { Reproduced = f.Reproduced! with { Again = Digest.Of("another bundle").Hex, Identical = false } }),
        ("infra.1", f => f with { Reproduced = f.Reproduced! with { Bundle = Digest.Of("another bundle").Hex, Again = Digest.Of("another bundle").Hex } }),
        ("infra.2", f => f with { Report = f.Report! with { Tests = [FullFacts.Test("packaging"), FullFacts.Test("reload")] } }),
        ("infra.2", f => f with { Report = f.Report! with { Tests = [.. f.Report!.Tests, FullFacts.Test("amount_not_lower", ok: false)] } }),
        ("infra.3", f => f with { Steps = [.. f.Steps.Where(s => s.Step != StepNames.Register)] }),
        ("infra.4", f => f with { Version = Gates(f, g => g with { Ok = g.Gate != "roc_auc >= 0.55" }) }),
        ("infra.4", f => f with { Manifest = f.Manifest! with { Gates = [] } }),
        ("infra.5", f => f with { Manifest = f.Manifest! with { GoldenRows = null } }),
        ("infra.6", f => f with { Rollouts = [] }),
        ("infra.6", f => f with { Rollouts = [FullFacts.Rollout(RolloutStates.RolledBack)] }),
        ("infra.7", f => f with { Behind = null }),
        ("infra.7", f => f with { Behind = f.Behind! with { State = VersionStates.Refused } }),
        ("monitor.1", f => f with { Locked = null }),
        ("monitor.1", f => f with { Sources = [f.Sources[0] with { Digest = Digest.Of("another contract").Hex }] }),
        ("monitor.2", f => f with { Unchecked = ["transaction.amount"] }),
        ("monitor.3", f => f with { Manifest = f.Manifest! with { Proof = null } }),
        ("monitor.3", f => f with { Manifest = f.Manifest! with { Proof = new FeatureProof(500, 5000, 3, ["transaction.amount"], 1) } }),
        ("monitor.3", f => f with { ServedParity = f.ServedParity! with { Ok = false } }),
        ("monitor.4", f => f with { Retrain = f.Retrain! with { Schedule = null, AlertKinds = [] } }),
        ("monitor.5", f => f with { Report = Tests(f, "reload") }),
        ("monitor.5", f => f with { Report = Tests(f, "packaging") }),
        ("monitor.6", f => f with { Rollout = f.Rollout! with { Guardrails = [RolloutDefinition.Errors] } }),
        ("monitor.7", f => f with { QualityChecks = [] }),
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Broken.Length)];

    [Fact]
    public void There_are_four_sections_of_seven() =>
        Assert.Equal([("data", 7), ("model", 7), ("infra", 7), ("monitor", 7)], MlTestScore.Tests.GroupBy(t => t.Section).Select(g => (g.Key, g.Count())));

    [Fact]
    public void A_model_of_which_everything_is_stored_lacks_only_what_people_judge()
    {
        var outcomes = MlTestScore.Judge(FullFacts.All);

        Assert.Equal(ForPeople, outcomes.Where(o => o.Status != TestOutcome.Automated).Select(o => o.Test.Id));
        Assert.All(outcomes.Where(o => o.Points == 1), o => Assert.NotEmpty(o.Finding.Evidence));
        Assert.All(outcomes.SelectMany(o => o.Finding.Evidence), e => Assert.True(Digest.TryParse(e.Digest, out _), $"{e.Kind} {e.Name}"));
        Assert.Equal(5, MlTestScore.Sections(outcomes).Values.Min());
        Assert.True((bool)ReadinessDocument.Of(FullFacts.All)["ready"]!);
    }

    [Fact]
    public void A_model_of_which_nothing_is_stored_lacks_everything_and_is_told_what_to_do()
    {
        var document = ReadinessDocument.Of(new ReadinessFacts { Model = "fraud" });

        Assert.False((bool)document["ready"]!);
        Assert.Equal(7, document["questions"]!.AsArray().Count);
        Assert.All(document["questions"]!.AsArray(), q => Assert.Equal("missing", (string)q!["status"]!));
        Assert.All(document["questions"]!.AsArray(), q => Assert.NotNull(q!["remedy"]));
        var tests = document["ml_test_score"]!["tests"]!.AsArray();
        Assert.Equal(28, tests.Count);
        Assert.All(tests, t => Assert.Equal(("missing", 0.0, true), ((string)t!["status"]!, (double)t["points"]!, t["remedy"] is not null)));
        Assert.Equal(0, (double)document["ml_test_score"]!["score"]!);
    }

    [Fact]
    public void Every_test_that_a_program_judges_has_a_case_in_which_it_is_missing() =>
        Assert.Equal(MlTestScore.Tests.Select(t => t.Id).Except(ForPeople).Order(), Broken.Select(b => b.Test).Distinct().Order());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Without_its_evidence_a_test_is_missing(int place)
    {
        var (id, without) = Broken[place];

        var outcome = MlTestScore.Judge(without(FullFacts.All)).Single(o => o.Test.Id == id);

        Assert.Equal((TestOutcome.NotThere, 0.0), (outcome.Status, outcome.Points));
        Assert.Empty(outcome.Finding.Evidence);
        Assert.NotNull(outcome.Finding.Remedy);
    }

    [Fact]
    public void A_document_counts_half_and_never_hides_automatic_evidence()
    {
        var document = new AttachedEvidence("fraud", "data.2", Digest.Of("study").Hex, "study.pdf", "A study", "bob", "2026-01-01T00:00:00Z");
        var facts = FullFacts.All with { Attached = new Dictionary<string, AttachedEvidence> { ["data.2"] = document, ["data.1"] = document with { Test = "data.1" } } };

        var outcomes = MlTestScore.Judge(facts).ToDictionary(o => o.Test.Id);

        Assert.Equal((TestOutcome.Documented, 0.5), (outcomes["data.2"].Status, outcomes["data.2"].Points));
        Assert.Equal(document.Digest, outcomes["data.2"].Finding.Evidence.Single().Digest);
        Assert.Equal((TestOutcome.Automated, 1.0), (outcomes["data.1"].Status, outcomes["data.1"].Points));
    }

    [Theory]
    [InlineData("infra.1")]
    [InlineData("infra.4")]
    [InlineData("infra.2")]
    [InlineData("model.5")]
    [InlineData("model.6")]
    [InlineData("monitor.3")]
    [InlineData("monitor.5")]
    public void A_document_does_not_answer_what_evidence_refutes(string test)
    {
        var facts = (test switch
        {
            "infra.1" => FullFacts.All with { Reproduced = FullFacts.All.Reproduced! with { Again = Digest.Of("another bundle").Hex, Identical = false } },
            "infra.4" => FullFacts.All with { Version = Gates(FullFacts.All, g => g with { Ok = g.Gate != "roc_auc >= 0.55" }) },
            "infra.2" => FullFacts.All with { Report = FullFacts.Report with { Tests = [.. FullFacts.Report.Tests, FullFacts.Test("amount_not_lower", ok: false)] } },
            "model.5" => FullFacts.All with { Report = FullFacts.Report with { Metrics = [.. FullFacts.Report.Metrics.Select(m => m with { Lower = m.Baseline - 0.01 })] } },
            "model.6" => FullFacts.All with { Version = Gates(FullFacts.All, g => g with { Ok = !g.Gate.StartsWith("slice", StringComparison.Ordinal) }) },
            "monitor.3" => FullFacts.All with { ServedParity = FullFacts.All.ServedParity! with { Ok = false } },
            _ => FullFacts.All with { Report = FullFacts.Report with { Tests = [FullFacts.Test("packaging", ok: false), FullFacts.Test("reload")] } },
        }) with { Attached = Enumerable.Range(1, 7).SelectMany(i => new[] { $"infra.{i}", $"model.{i}", $"monitor.{i}" }).ToDictionary(id => id, id => new AttachedEvidence("fraud", id, Digest.Of("ok").Hex, "a.txt", "it is fine", "bob", "2026-01-01T00:00:00Z")) };

        var document = ReadinessDocument.Of(facts);
        var found = document["ml_test_score"]!["tests"]!.AsArray().Single(t => (string)t!["id"]! == test)!;

        Assert.Equal(("missing", 0.0, true), ((string)found["status"]!, (double)found["points"]!, (bool)found["refuted"]!));
        int? question = test is "infra.4" or "model.5" or "model.6" ? 4 : test == "monitor.3" ? 3 : null;
        Assert.All(question is { } number ? [document["questions"]![number - 1]!] : Array.Empty<JsonNode>(), q => Assert.Equal("missing", (string)q["status"]!));
    }

    [Fact]
    public void Of_several_decisions_the_last_one_counts()
    {
        var approved = FullFacts.All.Approvals[0];
        var until = "2026-02-01T00:00:00.0000000+00:00";
        (bool Answered, ReadinessFacts Facts)[] cases =
        [
            (true, FullFacts.All),
            (false, FullFacts.All with { Approvals = [approved, approved with { Decision = "refused", Actor = "eve" }] }),
            (true, FullFacts.All with { Approvals = [approved, approved with { Decision = "commented", Actor = "eve" }] }),
            (true, FullFacts.All with { Approvals = [approved with { Decision = "refused" }, approved] }),
            (false, FullFacts.All with { Version = FullFacts.Version with { State = VersionStates.Refused } }),
            (true, FullFacts.All with { Approvals = [approved with { ExpiresAt = until }], At = DateTimeOffset.Parse("2026-01-31T00:00:00Z", CultureInfo.InvariantCulture) }),
            (false, FullFacts.All with { Approvals = [approved with { ExpiresAt = until }], At = DateTimeOffset.Parse("2026-02-01T00:00:00Z", CultureInfo.InvariantCulture) }),
            (false, FullFacts.All with { Approvals = [approved with { ExpiresAt = until }] }),
            (false, FullFacts.All with { Approvals = [approved with { Actor = "ANN" }] }),
        ];

        Assert.All(cases, c => Assert.Equal(c.Answered ? "answered" : "missing", (string)ReadinessDocument.Of(c.Facts)["questions"]![6]!["status"]!));
    }

    [Fact]
    public void The_score_is_the_least_section() =>
        Assert.Equal(2, (double)ReadinessDocument.Of(FullFacts.All with { Retrain = null, QualityChecks = [], Unchecked = ["x"], Locked = null, Report = Tests(FullFacts.All, "reload") })["ml_test_score"]!["score"]!);

    [Theory]
    [InlineData(1, "infra.1")]
    [InlineData(3, "monitor.3")]
    [InlineData(4, "infra.4")]
    [InlineData(4, "model.5")]
    [InlineData(4, "model.6")]
    public void A_question_rests_on_its_tests(int question, string test)
    {
        var facts = Broken.First(b => b.Test == test).Without(FullFacts.All);

        var answers = ReadinessDocument.Of(facts)["questions"]!.AsArray();

        Assert.Equal("missing", (string)answers[question - 1]!["status"]!);
        Assert.False((bool)ReadinessDocument.Of(facts)["ready"]!);
    }

    [Fact]
    public void The_other_questions_have_conditions_of_their_own()
    {
        (int Question, ReadinessFacts Facts)[] cases =
        [
            (2, FullFacts.All with { Locked = null }),
            (5, FullFacts.All with { Manifest = null }),
            (5, FullFacts.All with { Rollout = null }),
            (5, FullFacts.All with { Behind = null, HasFallbackRule = false }),
            (6, FullFacts.All with { Retrain = null }),
            (6, FullFacts.All with { Manifest = FullFacts.Manifest with { Reference = new ReferenceProfile([], FrozenProfile.Of([0.5]), 1) } }),
            (7, FullFacts.All with { Owner = null }),
            (7, FullFacts.All with { Approvals = [] }),
            (7, FullFacts.All with { Approvals = [FullFacts.All.Approvals[0] with { Actor = "ann" }] }),
        ];

        Assert.All(cases, c => Assert.Equal("missing", (string)ReadinessDocument.Of(c.Facts)["questions"]![c.Question - 1]!["status"]!));
    }

    [Fact]
    public void A_version_of_files_alone_is_not_ready()
    {
        var document = ReadinessDocument.Of(new ReadinessFacts { Model = "fraud", Version = FullFacts.Version, Approvals = FullFacts.All.Approvals, Owner = "ann", DefinitionDigest = FullFacts.All.DefinitionDigest });

        Assert.False((bool)document["ready"]!);
        Assert.Equal("answered", (string)document["questions"]![6]!["status"]!);
    }

    private static ModelVersion Gates(ReadinessFacts facts, Func<GateResult, GateResult> change) => facts.Version! with { Gates = [.. facts.Version!.Gates.Select(change)] };

    private static EvaluationReport Tests(ReadinessFacts facts, string failed) =>
        facts.Report! with { Tests = [.. facts.Report!.Tests.Select(t => t.Test == failed ? FullFacts.Test(failed, ok: false) : t)] };
}
