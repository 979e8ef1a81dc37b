using System.Text.Json;
using Flyball.Engine.Identity;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Onnx;

namespace Flyball.Tests.Protocols.OpenInference;

/// <summary>A bundle that tells three classes apart: the softmax of the first feature times 0.001, 0.002 and 0.003.</summary>
internal static class ClassBundle
{
    public static ModelBundle Of(ModelPlan model) => ModelBundle.Create(new Dictionary<string, byte[]>
    {
        [ModelBundle.ManifestName] = JsonSerializer.SerializeToUtf8Bytes(Manifest(model), TrainingJson.Options),
        [ModelBundle.OnnxName] = Onnx(model.Vector.Columns.Count),
    });

    private static ModelManifest Manifest(ModelPlan model) => new()
    {
        Model = model.Name,
        Task = "multiclass-classification",
        RunId = Digest.Of("run of classes").Hex,
        PredictOn = model.Definition.PredictOn,
        RequestContract = model.Vector.Request.Digest.Hex,
        Features = [.. model.Vector.Columns.Select(c => new ManifestFeature(c.Name, c.Definition.Hex, 0))],
        Inputs = [],
        Gates = [],
        Classes = ["low", "middle", "high"],
        Decide = [],
        Definition = model.Definition.Canonical,
        Reference = new ReferenceProfile([], FrozenProfile.Of([0.5]), 1),
        PackagingDifference = 0,
    };

    private static byte[] Onnx(int width)
    {
        using var onnx = new OnnxModelBuilder("classes");
        return onnx.Input("features", -1, width).Output("scores", -1, 3)
            .Constant("w", [0.001f, 0.002f, 0.003f, .. new float[(width - 1) * 3]], width, 3)
            .Node("MatMul", "", ["features", "w"], ["xw"])
            .Node("Softmax", "", ["xw"], ["scores"])
            .Build();
    }
}
