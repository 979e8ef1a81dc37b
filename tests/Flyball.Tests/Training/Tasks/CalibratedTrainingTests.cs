using Flyball.Engine.Expressions;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Tests.Training.Tasks;

/// <summary>Calibrations from the model file to the score of the packed bundle.</summary>
public sealed class CalibratedTrainingTests
{
    private static readonly Value[] Row = [Value.FromNumber(0.1), Value.FromInteger(3), Value.FromText("plus"), Value.FromBoolean(false)];

    [Fact]
    public async Task A_temperature_mends_the_probabilities_of_several_classes_and_leaves_the_class()
    {
        var (plain, first, _) = await TrainAsync("multiclass-classification", "value: kind", "none");
        var (mended, bundle, frozen) = await TrainAsync("multiclass-classification", "value: kind", "temperature");

        var temperature = bundle.Manifest.Temperature!.Temperature;
        Assert.True(Math.Abs(temperature - 1) > 0.02, $"{temperature}: the rows show nothing");
        Assert.True(mended.Metrics["log_loss"] < plain.Metrics["log_loss"], $"{mended.Metrics["log_loss"]} after {plain.Metrics["log_loss"]}");
        Assert.Equal(plain.Metrics["accuracy"], mended.Metrics["accuracy"]);
        using BundleScorer before = BundleScorer.Load(first), after = BundleScorer.Load(bundle);
        var (raw, answered) = (before.ScoreOne(Row), after.ScoreOne(Row));
        double[] powers = [.. raw.Probabilities!.Select(p => Math.Pow(p, 1 / temperature))];
        Assert.Equal(1, answered.Probabilities!.Sum(), 5);
        Assert.All(answered.Probabilities!.Zip(powers), p => Assert.Equal(p.Second / powers.Sum(), p.First, 5));
        Assert.Equal((raw.Class, raw.Raw, (double)answered.Probabilities!.Max()), (answered.Class, answered.Raw, answered.Calibrated));
        // What the gates are decided on is what is answered.
        Assert.Equal(frozen.CandidateProbabilities!.Select(p => (double?)p.Max()), frozen.Candidate);
        Assert.Contains("temperature", System.Text.Encoding.UTF8.GetString(bundle[BundleMembers.Decisions].Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_logistic_map_of_the_log_odds_is_what_the_bundle_answers_with()
    {
        var (plain, first, _) = await TrainAsync("binary-classification", "value: left, positive: \"Yes\"", "none");
        var (mended, bundle, _) = await TrainAsync("binary-classification", "value: left, positive: \"Yes\"", "sigmoid");

        var sigmoid = bundle.Manifest.Sigmoid!;
        Assert.True(sigmoid.A < 0 && Math.Abs(sigmoid.A + 1) > 0.02, $"{sigmoid.A}: the rows show nothing");
        Assert.Equal(plain.Metrics["roc_auc"], mended.Metrics["roc_auc"], 12);
        Assert.NotEqual(plain.Metrics["log_loss"], mended.Metrics["log_loss"]);
        using BundleScorer before = BundleScorer.Load(first), after = BundleScorer.Load(bundle);
        var (raw, answered) = (before.ScoreOne(Row), after.ScoreOne(Row));
        var odds = Math.Log(raw.Raw / (1 - (double)raw.Raw));
        Assert.Equal(raw.Raw, answered.Raw);
        Assert.Equal(1 / (1 + Math.Exp((sigmoid.A * odds) + sigmoid.B)), answered.Calibrated, 9);
    }

    [Theory]
    [InlineData("binary-classification", "value: left, positive: \"Yes\"", "temperature")]
    [InlineData("multiclass-classification", "value: kind", "sigmoid")]
    [InlineData("multiclass-classification", "value: kind", "isotonic")]
    [InlineData("ranking", "value: n, group: household", "temperature")]
    public async Task A_calibration_that_does_not_fit_the_task_is_refused(string task, string label, string calibrate) =>
        Assert.Contains("FLY1288", await TaskWorld.CodesOf(File(task, label, calibrate)));

    [Fact]
    public async Task A_manifest_with_two_calibrations_is_no_manifest()
    {
        var (_, bundle, _) = await TrainAsync("binary-classification", "value: left, positive: \"Yes\"", "sigmoid");

        var twice = bundle.Manifest with { Calibration = new([0.1], [0.2]) };

        Assert.Equal("FLY1165", Assert.Throws<Flyball.Engine.Problems.FlyballException>(() => ModelManifest.Parse(twice.Write())).Problem.Code);
    }

    /// <summary>Trains twice: the same bytes, calibration included.</summary>
    private static async Task<(Flyball.Training.Jobs.TrainingResult Result, ModelBundle Bundle, Flyball.Training.Jobs.FrozenEvaluation Frozen)> TrainAsync(string task, string label, string calibrate)
    {
        await using var world = await TaskWorld.OpenAsync(File(task, label, calibrate));
        var trained = world.Train();
        Assert.Equal(trained.Bundle.Digest, world.Train().Bundle.Digest);
        return trained;
    }

    private static string File(string task, string label, string calibrate) =>
        TaskWorld.ModelFile(task, label, $"{TaskWorld.Stratified}\ncalibrate: {calibrate}\n{TaskWorld.Trees(", learning_rate: 0.6")}");
}
