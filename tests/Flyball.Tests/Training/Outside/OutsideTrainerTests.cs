using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Native.XGBoost;
using Flyball.Training.Bundles;
using Flyball.Training.Jobs;
using Flyball.Training.Outside;
using Flyball.Training.Trainers;

namespace Flyball.Tests.Training.Outside;

/// <summary>Files of elsewhere in the place of the trainer, with the pipeline around them.</summary>
public sealed class OutsideTrainerTests(OutsideInput given) : IClassFixture<OutsideInput>
{
    private static readonly string[] Full = ["person.x", "person.n", "person.big"];

    [Fact]
    public void A_booster_of_elsewhere_is_packaged_and_judged_like_the_one_that_was_trained_here()
    {
        var trained = given.Trained;
        var json = given.Booster;

        var (result, bundle, frozen) = given.World.Train(Of(OutsideKinds.XGBoost, json, ["x", "n", "big"]), json);

        Assert.Equal(trained.Result.Metrics, result.Metrics);
        Assert.Equal(trained.Bundle[ModelBundle.OnnxName].ToArray(), bundle[ModelBundle.OnnxName].ToArray());
        Assert.Equal(("model/model.json", Digest.Of(json).Hex), (bundle.Manifest.Outside!.Path, bundle.Manifest.Outside.Sha256));
        Assert.Null(trained.Bundle.Manifest.Outside);
        Assert.Equal(trained.Frozen.Labels, frozen.Labels);
        Assert.NotNull(frozen.Proof);
        Assert.Contains("made outside", System.Text.Encoding.UTF8.GetString(bundle[BundleMembers.Card].Span), StringComparison.Ordinal);
    }

    [Fact]
    public void The_binary_form_of_a_booster_is_the_same_model()
    {
        using var booster = XGBoostBooster.Load(given.Booster);
        var binary = booster.Save(XGBoostFormat.Ubj);
        Assert.False(XGBoostFile.IsText(binary));

        Assert.Equal(given.Trained.Bundle[ModelBundle.OnnxName].ToArray(), Train(Of(OutsideKinds.XGBoost, binary, null), binary).Onnx);
    }

    [Theory]
    [InlineData("x,n", "it lacks person.big")]
    [InlineData("x,n,big,more", "the model has no more")]
    [InlineData("n,x,big", "elsewhere in the order: n, x")]
    [InlineData("other.x,n,big", "the model has no other.x")]
    public void Columns_that_are_not_the_features_in_their_order_are_named(string columns, string words)
    {
        var file = ClassifierOnnx.Tree(3, 0);

        var refused = Refused(Of(OutsideKinds.Onnx, file, columns.Split(',')), file);

        Assert.Equal("FLY3392", refused.Code);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Contains("person.x, person.n, person.big", refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_in_a_booster_that_stand_in_another_order_are_refused()
    {
        var json = System.Text.Encoding.UTF8.GetString(given.Booster)
            .Replace("\"person.x\",\"person.n\"", "\"person.n\",\"person.x\"", StringComparison.Ordinal);
        var file = System.Text.Encoding.UTF8.GetBytes(json);

        Assert.Equal("FLY3392", Refused(Of(OutsideKinds.XGBoost, file, null), file).Code);
    }

    [Fact]
    public void A_classifier_with_maps_answers_the_probability_of_its_second_class()
    {
        var file = ClassifierOnnx.Tree(3, 0);

        var (result, bundle, frozen) = given.World.Train(Of(OutsideKinds.Onnx, file, Full), file);

        Assert.True(result.Metrics["roc_auc"] > 0.7, $"{result.Metrics["roc_auc"]}");
        var x = frozen.Columns["x"];
        Assert.All(frozen.Candidate.Zip(x), pair => Assert.Equal(ClassifierOnnx.Expected((float)(pair.Second ?? 0)), (float)pair.First!.Value));
        Assert.Equal(OutsideKinds.Onnx, bundle.Manifest.Outside!.Kind);
        Assert.Contains(bundle.Files, f => f.Name == ModelBundle.GoldenName);
    }

    [Fact]
    public async Task Odds_are_not_corrected_for_samples_that_a_model_never_saw()
    {
        await using var world = await OutsideInput.OpenAsync("\nsample: { negatives: 50%, seed: 3 }");
        Assert.NotNull(world.Train().Bundle.Manifest.OddsFactor);
        var file = ClassifierOnnx.Tree(3, 0);

        Assert.Null(world.Train(Of(OutsideKinds.Onnx, file, null), file).Bundle.Manifest.OddsFactor);
    }

    [Theory]
    [InlineData("width", "FLY3393", "takes 2 inputs")]
    [InlineData("classes", "FLY3393", "1, 0")]
    [InlineData("operator", "FLY1133", "RandomNormal")]
    [InlineData("garbage", "FLY1131", "")]
    [InlineData("digest", "FLY3393", "not the file that was sealed")]
    public void A_file_that_cannot_be_served_is_refused_with_the_reason(string what, string code, string words)
    {
        byte[] file = what switch
        {
            "width" => ClassifierOnnx.Tree(2, 0),
            "classes" => ClassifierOnnx.Tree(3, 0, classes: [1, 0]),
            "operator" => new Onnx.Proto().Int(1, 8).Bytes(7, new Onnx.Proto().Bytes(1, Onnx.Proto.Node("RandomNormal")).Text(2, "g")),
            "garbage" => [0xFF, 1, 2, 3],
            _ => ClassifierOnnx.Tree(3, 0),
        };
        var outside = what == "digest" ? Of(OutsideKinds.Onnx, [1], null) : Of(OutsideKinds.Onnx, file, null);

        var refused = Refused(outside, file);

        Assert.Equal(code, refused.Code);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("binf")]
    [InlineData("{L\0\0\0")]
    [InlineData("{\"learner\":{}}")]
    [InlineData("")]
    public void Bytes_that_are_no_booster_are_refused(string text)
    {
        var file = System.Text.Encoding.Latin1.GetBytes(text);

        Assert.Contains(Refused(Of(OutsideKinds.XGBoost, file, null), file).Code, (string[])["FLY3393", "FLY1170"]);
    }

    [Fact]
    public async Task A_refusal_is_left_for_whoever_asked_and_no_bundle_is()
    {
        await using var world = await OutsideInput.OpenAsync();
        var file = ClassifierOnnx.Tree(2, 0);

        var refused = Assert.Throws<FlyballException>(() => world.Train(Of(OutsideKinds.Onnx, file, null), file)).Problem;

        var folder = Path.GetDirectoryName(Directory.EnumerateFiles(world.Folder, TrainingJob.OutsideFileName, SearchOption.AllDirectories).Single())!;
        Assert.Equal(refused, JobProblem.Read(folder));
        Assert.False(File.Exists(Path.Combine(folder, TrainingJob.BundleFileName)));
    }

    private TrainerOutput Train(OutsideModel outside, byte[] file) => new OutsideTrainer(outside, file).Train(given.Input);

    private Problem Refused(OutsideModel outside, byte[] file) => Assert.Throws<FlyballException>(() => Train(outside, file)).Problem;

    private static OutsideModel Of(string kind, byte[] file, IReadOnlyList<string>? columns) => new(kind, "model/model.json", Digest.Of(file).Hex, columns);
}
