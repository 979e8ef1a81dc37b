using Flyball.Training.Onnx;

namespace Flyball.Tests.Training.Onnx;

public sealed class OnnxModelBuilderTests
{
    [Fact]
    public void The_same_calls_give_the_same_bytes() => Assert.Equal(Logistic(), Logistic());

    [Fact]
    public void A_written_model_passes_the_inspection()
    {
        var seen = OnnxInspector.Inspect(Logistic());

        Assert.Empty(seen.Problems);
        Assert.Equal(["ai.onnx:Add", "ai.onnx:MatMul", "ai.onnx:Sigmoid"], seen.Operators);
    }

    [Fact]
    public void A_constant_that_does_not_fill_its_shape_is_an_error_of_the_caller()
    {
        using var builder = new OnnxModelBuilder("g");
        Assert.Throws<ArgumentException>(() => builder.Constant("w", [1f, 2f, 3f], 2, 2));
    }

    private static byte[] Logistic()
    {
        using var builder = new OnnxModelBuilder("logistic");
        return builder
            .Input("features", -1, 2)
            .Output("score", -1, 1)
            .Constant("w", [2f, -1f], 2, 1)
            .Constant("b", [0.5f], 1)
            .Node("MatMul", "", ["features", "w"], ["xw"])
            .Node("Add", "", ["xw", "b"], ["margin"])
            .Node("Sigmoid", "", ["margin"], ["score"])
            .Metadata("b", "2")
            .Metadata("a", "1")
            .Build();
    }
}
