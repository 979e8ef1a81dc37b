using Flyball.Native.OnnxRuntime;
using Flyball.Training.Onnx;

namespace Flyball.Tests.Training.Outside;

public sealed class OnnxScoresTests
{
    private static readonly float[] Rows = [0.1f, 9, 0.6f, 9, 0.54f, 9, 0.56f, 9];

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, true, false)]
    [InlineData(false, true, true)]
    [InlineData(false, false, true)]
    [InlineData(false, false, false)]
    public void A_classifier_is_cut_to_the_probability_of_its_second_class(bool map, bool withLabel, bool withStandardDomain)
    {
        var cut = OnnxScores.Cut(ClassifierOnnx.Tree(2, 0, map: map, withLabel: withLabel, withStandardDomain: withStandardDomain), 1, [], out var reason);

        Assert.Null(reason);
        Assert.True(OnnxInspector.Inspect(cut!).IsAccepted);
        Assert.Equal([ClassifierOnnx.Low, ClassifierOnnx.High, ClassifierOnnx.Low, ClassifierOnnx.High], Scores(cut!, 1));
    }

    [Fact]
    public void Several_scores_are_kept_as_they_are()
    {
        var cut = OnnxScores.Cut(ClassifierOnnx.Tree(2, 0), 2, ["0", "1"], out _);

        Assert.Equal([1 - ClassifierOnnx.Low, ClassifierOnnx.Low], Scores(cut!, 2).Take(2));
    }

    [Fact]
    public void A_model_with_one_score_stays_byte_for_byte()
    {
        using var builder = new OnnxModelBuilder("one");
        var model = builder.Input("x", -1, 2).Output("y", -1, 1).Constant("w", [1f, 2f], 2, 1).Node("MatMul", "", ["x", "w"], ["y"]).Build();

        Assert.Same(model, OnnxScores.Cut(model, 1, [], out _));
    }

    [Fact]
    public void Classes_that_fall_would_turn_the_scores_around()
    {
        Assert.Null(OnnxScores.Cut(ClassifierOnnx.Tree(2, 0, classes: [1, 0]), 1, [], out var reason));
        Assert.Contains("1, 0", reason, StringComparison.Ordinal);
        Assert.Null(OnnxScores.Cut(ClassifierOnnx.Tree(2, 0), 3, ["a", "b", "c"], out reason));
        Assert.Contains("a, b, c", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_among_which_the_scores_are_not_told_are_named()
    {
        using var builder = new OnnxModelBuilder("two");
        var model = builder.Input("x", -1, 2).Output("first", -1, 2).Output("second", -1, 2).Node("Neg", "", ["x"], ["first"]).Node("Abs", "", ["x"], ["second"]).Build();

        Assert.Null(OnnxScores.Cut(model, 1, [], out var reason));
        Assert.Contains("first, second", reason, StringComparison.Ordinal);
    }

    private static float[] Scores(byte[] model, int outputs)
    {
        using var session = OnnxSession.Load(model);
        using var binding = session.Bind(4);
        Assert.Equal(outputs, binding.Outputs);
        Rows.CopyTo(binding.Input);
        binding.Run(4);
        return binding.Output.ToArray();
    }
}
