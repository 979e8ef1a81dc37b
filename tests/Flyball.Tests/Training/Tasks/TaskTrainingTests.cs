using System.Text;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Registry.Gates;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Tests.Training.Tasks;

/// <summary>A model of every task, from rows of one source to a judged bundle.</summary>
public sealed class TaskTrainingTests
{
    [Fact]
    public async Task A_text_label_in_the_requests_own_row_is_learned_from_and_never_asked_for()
    {
        await using var world = await TaskWorld.OpenAsync(TaskWorld.ModelFile("binary-classification", "value: left, positive: \"Yes\"", $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}"));

        var (result, bundle, frozen) = world.Train();

        Assert.True(result.Metrics["roc_auc"] > 0.85, $"{result.Metrics["roc_auc"]}");
        Assert.Equal("left", bundle.Manifest.OwnLabel);
        Assert.Equal(("prior", 0.5), (result.Baseline!.Kind, result.Baseline.Metrics["roc_auc"]));
        Assert.Equal(frozen.Split!.Rows("test"), frozen.Seq);
        // The same share of leavers in every part, to a row.
        var shares = result.Split!.Parts.Select(p => (double)p.Classes!["1"] / p.Rows).ToList();
        Assert.All(shares, s => Assert.InRange(s, shares[0] - 0.01, shares[0] + 0.01));
        Assert.Equal(bundle.Digest, world.Train().Bundle.Digest);

        var row = new Value[world.Model.Vector.Request.Schema.Fields.Count];
        var codec = RowCodec.Of(world.Model.Vector.Request);
        var label = world.Model.LabelValueIndex;
        var without = TaskWorld.Row(4).Replace("\"left\":", "\"other\":", StringComparison.Ordinal).Replace("\"other\":\"Yes\",", "", StringComparison.Ordinal).Replace("\"other\":\"No\",", "", StringComparison.Ordinal);
        Assert.Empty(codec.ReadRequest(Encoding.UTF8.GetBytes(without), row, label));
        Assert.Empty(codec.ReadRequest(Encoding.UTF8.GetBytes(TaskWorld.Row(4)), row, label));
        Assert.True(row[label].IsNull);
        // Every other rule of the contract stands, and the door of events asks for the label.
        Assert.Equal(["FLY3101"], codec.ReadRequest(Encoding.UTF8.GetBytes(without.Replace("\"n\":", "\"n\":null,\"zz\":", StringComparison.Ordinal)), row, label).Select(p => p.Code).Where(c => c == "FLY3101"));
        Assert.Contains(codec.Read(Encoding.UTF8.GetBytes(without), row), p => p.Where?.Field == "left");
    }

    [Fact]
    public async Task Several_classes_get_probabilities_that_add_up_to_one_and_gates_of_their_own()
    {
        await using var world = await TaskWorld.OpenAsync(TaskWorld.ModelFile("multiclass-classification", "value: kind", $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}"));

        var (result, bundle, frozen) = world.Train();

        using var scorer = BundleScorer.Load(bundle);
        var score = scorer.ScoreOne([Value.FromNumber(0.1), Value.FromInteger(3), Value.FromText("plus"), Value.FromBoolean(false)]);
        Assert.Equal(["red", "green", "blue"], scorer.Manifest.Classes!);
        Assert.Equal(0, score.Class);
        Assert.Equal(1, score.Probabilities!.Sum(), 5);
        Assert.Equal(score.Raw, score.Probabilities!.Max());
        Assert.True(result.Metrics["accuracy"] > 0.7 && result.Metrics["log_loss"] < result.Baseline!.Metrics["log_loss"]);
        var gates = Gates(world, frozen, "accuracy >= 0.6", "log_loss <= champion", "log_loss <= 0.1", "roc_auc >= 0.5");
        Assert.Equal([true, true, false, false], gates.Select(g => g.Ok));
        Assert.Contains("multiclass-classification", gates[3].Detail, StringComparison.Ordinal);
        // Against itself a model loses nothing, and a worse one is told apart.
        var same = frozen with { Champion = frozen.Candidate, ChampionProbabilities = frozen.CandidateProbabilities };
        Assert.True(Gates(world, same, "log_loss <= champion")[0].Ok);
        var worse = same with { CandidateProbabilities = [.. frozen.CandidateProbabilities!.Select(p => new[] { p[1], p[2], p[0] })] };
        Assert.False(Gates(world, worse, "log_loss <= champion + 0.05")[0].Ok);
    }

    [Theory]
    [InlineData("regression", "reg:squarederror", "rmse")]
    [InlineData("regression", "reg:absoluteerror", "mae")]
    [InlineData("regression", "reg:gamma", "rmse")]
    [InlineData("regression", "reg:tweedie", "rmse")]
    [InlineData("regression", "reg:squaredlogerror", "rmse", ", min_child_weight: 0.01, lambda: 0.05", 0.95)]
    [InlineData("count", "count:poisson", "poisson_deviance")]
    public async Task Numbers_are_learned_by_every_objective(string task, string objective, string metric, string more = "", double atMost = 0.6)
    {
        await using var world = await TaskWorld.OpenAsync(TaskWorld.ModelFile(task, "value: total", $"{TaskWorld.Stratified}\n{TaskWorld.Trees($", learning_rate: 0.3, early_stopping: 10, objective: \"{objective}\"{more}")}"));

        var (result, _, frozen) = world.Train();

        Assert.True(result.Metrics[metric] < atMost * result.Baseline!.Metrics[metric], $"{result.Metrics[metric]} against {result.Baseline.Metrics[metric]}");
        Assert.True(result.PackagingDifference < 1e-4, $"{result.PackagingDifference}");
        var gates = Gates(world, frozen, $"{metric} <= 100", "wape <= 0.9", "r2 >= 0", "r2 >= 0.999", "average_precision >= 0.1", "slice(n > 4): mae <= 30");
        Assert.Equal([true, true, true, false, false, true], gates.Select(g => g.Ok));
    }

    [Fact]
    public async Task A_ranking_orders_the_rows_of_a_group()
    {
        var model = TaskWorld.ModelFile("ranking", "value: n, group: household", $"split: {{ by: entity, column: household, train: 60%, validation: 20%, test: 20% }}\n{TaskWorld.Trees()}");
        await using var world = await TaskWorld.OpenAsync(model, view: "view: person\ninputs: people\nfeatures:\n  x: x\n  plan: plan\n  total: total");

        var (result, _, frozen) = world.Train();

        // The total goes with n: a trainer that looks at groups orders nearly all of them rightly, and one that looks at nothing does not.
        Assert.True(result.Metrics["ndcg"] > 0.95 && result.Baseline!.Metrics["ndcg"] < 0.9, $"{result.Metrics["ndcg"]} against {result.Baseline!.Metrics["ndcg"]}");
        Assert.True(Gates(world, frozen, "ndcg >= 0.9")[0].Ok);
    }

    [Theory]
    [InlineData("binary-classification", "value: left", "FLY1281")]
    [InlineData("binary-classification", "value: left, positive: Maybe", "FLY1281")]
    [InlineData("regression", "value: kind", "FLY1281")]
    [InlineData("regression", "value: total, positive: \"1\"", "FLY1281")]
    [InlineData("multiclass-classification", "value: plan", "FLY1282")]
    [InlineData("regression", "value: total, classes: [a, b]", "FLY1282")]
    [InlineData("ranking", "value: n", "FLY1283")]
    [InlineData("guessing", "value: n", "FLY1143")]
    public async Task A_label_that_does_not_fit_its_task_is_refused(string task, string label, string code) =>
        Assert.Contains(code, await TaskWorld.CodesOf(TaskWorld.ModelFile(task, label, $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}")));

    [Theory]
    [InlineData("again: total", "FLY1280")]
    [InlineData("again: if(total > 3, x, 0)", "FLY1280")]
    [InlineData("again: n * 2", null)]
    public async Task A_feature_that_reads_the_label_is_refused(string feature, string? code) => Assert.Equal(
        code is null ? [] : [code],
        await TaskWorld.CodesOf(TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}"), $"{TaskWorld.View}\n  {feature}"));

    [Theory]
    [InlineData("objective: \"binary:logistic\"", "FLY1287")]
    [InlineData("monotone: { person.z: increasing }", "FLY1287")]
    [InlineData("monotone: { person.plan: increasing }", "FLY1287")]
    [InlineData("rounds: 2.5", "FLY1116")]
    [InlineData("search: { trials: 5 }", "FLY1290")]
    [InlineData("search: { max_depth: [9, 2] }", "FLY1290")]
    public async Task A_trainer_that_does_not_fit_is_refused(string setting, string code) => Assert.Contains(
        code, await TaskWorld.CodesOf(TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\ntrainer: {{ kind: xgboost, {setting} }}")));

    [Theory]
    [InlineData("split: { by: stratified, train: 90%, validation: 20%, test: 20% }", "FLY1286")]
    [InlineData("split: { by: stratified, train: 7d, validation: 20%, test: 20% }", "FLY1286")]
    [InlineData("split: { by: entity, column: nobody, train: 60%, validation: 20%, test: 20% }", "FLY1283")]
    [InlineData("split: { by: moon, train: 60%, validation: 20%, test: 20% }", "FLY1114")]
    [InlineData("encode: { plan: roman }", "FLY1285")]
    [InlineData("encode: { nobody: one-hot }", "FLY1285")]
    [InlineData("weights: heavy", "FLY1293")]
    [InlineData("sample: { negatives: 0% }", "FLY1293")]
    [InlineData("leakage: { allow: [x] }", "FLY1289")]
    [InlineData("baseline: { kind: seasonal-naive }", "FLY1292")]
    [InlineData("calibrate: isotonic", "FLY1288")]
    [InlineData("calibrate: sigmoid", "FLY1288")]
    [InlineData("calibrate: temperature", "FLY1288")]
    [InlineData("calibrate: platt", "FLY1145")]
    public async Task A_section_that_says_nothing_sensible_is_refused(string section, string code)
    {
        var split = section.StartsWith("split", StringComparison.Ordinal) ? "" : TaskWorld.Stratified + "\n";
        Assert.Contains(code, await TaskWorld.CodesOf(TaskWorld.ModelFile("regression", "value: total", $"{split}{section}\n{TaskWorld.Trees()}")));
    }

    [Fact]
    public async Task A_class_that_the_model_does_not_list_stops_the_run()
    {
        await using var world = await TaskWorld.OpenAsync(TaskWorld.ModelFile("multiclass-classification", "value: kind, classes: [red, green]", $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}"), rows: 50);

        Assert.Equal("FLY3235", Assert.Throws<FlyballException>(() => world.Train()).Problem.Code);
    }

    private static List<GateResult> Gates(TaskWorld world, Flyball.Training.Jobs.FrozenEvaluation frozen, params string[] gates) =>
        [.. GateEvaluator.Evaluate([.. gates.Select(GateDefinition.Parse)], frozen, null, world.Model.Vector.Request.Schema, "run").Skip(3)];
}
