using Flyball.Tests.Training.Jobs;
using Flyball.Tests.Workspaces;
using Flyball.Training.Bundles;
using Flyball.Training.Evaluation;

namespace Flyball.Tests.Training.Evaluation;

[Collection(TrainingJobs.Name)]
public sealed class RunEvaluationTests(TrainingJobFixture fixture)
{
    private const string Golden = """
        {"request":{"transaction_id":900001,"event_time":"2018-05-20T10:00:00Z","customer_id":1,"terminal_id":2,"amount":20},"prediction":0.5,"tolerance":0.5}
        {"request":{"transaction_id":900002,"event_time":"2018-05-20T11:00:00Z","customer_id":3,"terminal_id":4,"amount":30},"decision":"review"}
        """;

    [Fact]
    public void ARun_ReportsItsModelInItsBundle_AndTestsIt()
    {
        using var project = TrainingJobFixture.SmallProject();
        Directory.CreateDirectory(project["golden"]);
        File.WriteAllText(project["golden/fraud.jsonl"], Golden);
        File.AppendAllText(project["models/fraud.yaml"], """

            tests:
              - { increase: amount, by: 300, expect: not-lower, tolerance: 0.01, violations: 0.5 }
              - { increase: amount, name: no_effect, by: 300, expect: same }
              - { change: terminal_id, expect: same, tolerance: 1 }
              - { regression: champion, flips: 0.5 }
            costs: { false_positive: 5, false_negative: amount, recall: 0.5 }
            """);
        var plan = ProjectWorkspace.Load(project);
        var one = fixture.Run(fixture.Prepare(plan));
        var two = fixture.Run(fixture.Prepare(plan));
        Assert.Equal(one.Bundle, two.Bundle);

        var report = EvaluationReport.Parse(ModelBundle.Unpack(one.Bundle)[EvaluationReport.MemberName].Span);
        var auc = report.Metrics.Single(m => m.Metric == "roc_auc");
        Assert.Equal(one.Result.Metrics["roc_auc"], auc.Value);
        Assert.InRange(auc.Value!.Value, auc.Lower!.Value, auc.Upper!.Value);
        Assert.True(auc.Lower < auc.Upper);
        Assert.Equal(0.5, auc.Baseline);
        Assert.Equal(one.Frozen.Seq.Length, report.Rows);
        Assert.Equal(report.Rows, report.Calibration!.EqualMass.Sum(b => b.Rows));
        Assert.Equal(["least_cost", "recall >= 0.5"], report.Thresholds!.Select(t => t.Rule));
        Assert.InRange(report.Thresholds![0].Figure!.Value, report.Thresholds[0].FigureLower!.Value, report.Thresholds[0].FigureUpper!.Value);
        Assert.Equal(report.Permutation!.Select(p => p.Feature), report.Contributions!.Select(c => c.Input));
        Assert.True(report.Contributions!.Max(c => c.MeanAbsolute) > 0);

        var tests = one.Frozen.Tests!.ToDictionary(t => t.Test);
        Assert.Equal(["packaging", "reload", "contributions", "golden_set", "amount_increase_not_lower", "no_effect", "terminal_id_change_same", "regression"], one.Frozen.Tests!.Select(t => t.Test));
        Assert.All(new[] { "packaging", "reload", "contributions", "amount_increase_not_lower", "terminal_id_change_same", "regression" }, name => Assert.True(tests[name].Ok, tests[name].ToString()));
        Assert.False(tests["no_effect"].Ok);
        Assert.Equal((1.0, false, 2), (tests["golden_set"].Value, tests["golden_set"].Ok, tests["golden_set"].Rows));
        Assert.Contains("line 2", tests["golden_set"].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(report.Tests, t => t.Test == "regression");
        Assert.NotNull(one.Frozen.Baseline);
        var load = one.Result.LatencyAtLoad!;
        Assert.True(load.Threads >= 2 && load.P50Micros > 0 && load.P50Micros <= load.P99Micros);
    }

    [Fact]
    public void TheVersionBeforeTheChampion_IsScoredOnTheSameRows_AndChangesNoBundle()
    {
        var earlier = fixture.Usual.Job;
        var directory = fixture.Prepare();
        File.WriteAllBytes(Path.Combine(directory, Flyball.Training.Jobs.TrainingJob.PreviousFileName), earlier.Bundle);
        var found = fixture.Run(directory);
        Assert.Equal(earlier.Result.Bundle, found.Frozen.PreviousDigest);
        Assert.Equal(earlier.Frozen.Candidate, found.Frozen.Previous);
        Assert.Equal(earlier.Bundle, found.Bundle);
    }
}
