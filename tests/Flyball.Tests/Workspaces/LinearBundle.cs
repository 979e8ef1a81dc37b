using System.Text.Json;
using Flyball.Engine.Identity;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Onnx;

namespace Flyball.Tests.Workspaces;

/// <summary>A bundle that can be served: its score is the sigmoid of a weight times the first feature.</summary>
internal static class LinearBundle
{
    public static ModelBundle Of(ModelPlan model, int number, float weight) =>
        Of(model, number, float.IsNaN(weight) ? Undefined(model.Vector.Columns.Count) : Linear(model.Vector.Columns.Count, weight));

    /// <summary>A bundle with a model of its own.</summary>
    public static ModelBundle Of(ModelPlan model, int number, byte[] onnx) => ModelBundle.Create(new Dictionary<string, byte[]>
    {
        [ModelBundle.ManifestName] = JsonSerializer.SerializeToUtf8Bytes(Manifest(model, number), TrainingJson.Options),
        [ModelBundle.OnnxName] = onnx,
    });

    private static ModelManifest Manifest(ModelPlan model, int number) => new()
    {
        Model = model.Name,
        Task = "binary-classification",
        RunId = Digest.Of($"run {number}").Hex,
        PredictOn = model.Definition.PredictOn,
        RequestContract = model.Vector.Request.Digest.Hex,
        Features = [.. model.Vector.Columns.Select(c => new ManifestFeature(c.Name, c.Definition.Hex, 0))],
        Inputs = [],
        Gates = [],
        Decide = [new DecisionDefinition("block", "score >= 0.9"), new DecisionDefinition("allow", "otherwise")],
        Definition = model.Definition.Canonical,
        Reference = new ReferenceProfile([], FrozenProfile.Of([0.5]), 1),
        PackagingDifference = 0,
    };

    private static byte[] Linear(int width, float weight)
    {
        using var onnx = new OnnxModelBuilder("linear");
        return onnx.Input("features", -1, width).Output("score", -1, 1)
            .Constant("w", [weight, .. new float[width - 1]], width, 1)
            .Node("MatMul", "", ["features", "w"], ["xw"])
            .Node("Sigmoid", "", ["xw"], ["score"])
            .Build();
    }

    /// <summary>Weights that are NaN are refused unread: this one computes what is not a number.</summary>
    private static byte[] Undefined(int width)
    {
        using var onnx = new OnnxModelBuilder("undefined");
        return onnx.Input("features", -1, width).Output("score", -1, 1)
            .Constant("w", new float[width], width, 1).Constant("minus", [-1f], 1)
            .Node("MatMul", "", ["features", "w"], ["xw"])
            .Node("Add", "", ["xw", "minus"], ["negative"])
            .Node("Sqrt", "", ["negative"], ["score"])
            .Build();
    }
}
