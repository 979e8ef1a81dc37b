using System.Globalization;
using System.Text.Json;
using Flyball.Engine.Evaluation;
using Flyball.Engine.Problems;
using Flyball.Native.OnnxRuntime;
using Flyball.Native.XGBoost;
using Flyball.Training.Bundles;
using Flyball.Training.Datasets;
using Flyball.Training.XGBoost;

namespace Flyball.Training.Jobs;

/// <summary>
/// Trains and packages: trees, their ONNX form, calibration and the reference profile, in one bundle. The packaged model must give the
/// trained one's scores, or there is no bundle.
/// </summary>
internal sealed class ModelPackager(TrainingJob job, ModelPlan model, TrainingSet set, FeatureProof proof)
{
    public (ModelBundle Bundle, string Detail) Train()
    {
        string[] names = [.. model.Vector.Columns.Select(c => c.Name)];
        var labels = job.PermuteLabels is { } seed ? LabelPermutation.Of(set.Train.Labels, (ulong)seed) : set.Train.Labels;
        var trained = XGBoostTrainer.Train(
            model.Definition.Trainer.ToParameters(),
            names,
            new LabelledRows(set.Train.Features, names.Length, labels),
            new LabelledRows(set.Validation.Features, names.Length, set.Validation.Labels));
        var onnx = XGBoostToOnnx.Convert(XGBoostTreeModel.Parse(trained.Json), names);
        using var booster = XGBoostBooster.Load(trained.Json.Span);
        var check = PackagingCheck.Compare(booster, onnx, set.Test.Features, names.Length);
        if (check.Problem is { } problem)
        {
            throw new FlyballException(problem);
        }

        var bundle = Bundle(trained, onnx, check.MaxDifference);
        return (bundle, string.Create(CultureInfo.InvariantCulture, $"{trained.Rounds} trees; packaged scores within {check.MaxDifference:G2} of the trained model's, {check.BitEqual} of {check.Rows} bit-equal"));
    }

    private ModelBundle Bundle(TrainedModel trained, byte[] onnx, double difference)
    {
        var raw = Raw(onnx, set.Validation);
        var calibration = model.Definition.Calibrate == "isotonic"
            ? IsotonicCalibration.Fit(raw, [.. set.Validation.Labels.Select(l => l > 0.5f)], out var insufficient)
                ?? throw new FlyballException(new Problem("FLY3228", $"The scores cannot be calibrated: {insufficient}"))
            : null;
        double[] calibrated = [.. raw.Concat(Raw(onnx, set.Test)).Select(score => calibration?.Apply(score) ?? score)];
        var gain = trained.Importance.Sum(i => i.TotalGain);
        var gains = trained.Importance.ToDictionary(i => i.Feature, i => i.TotalGain, StringComparer.Ordinal);
        var manifest = new ModelManifest
        {
            Model = model.Name,
            Task = model.Definition.Task,
            RunId = job.RunId,
            PredictOn = model.Definition.PredictOn,
            RequestContract = model.Vector.Request.Digest.Hex,
            Features = [.. model.Vector.Columns.Select(c => new ManifestFeature(c.Name, c.Definition.Hex, gain > 0 ? gains.GetValueOrDefault(c.Name) / gain : 0))],
            Inputs = [.. model.Vector.Request.Schema.Fields.Select(f => f.Name)],
            Gates = model.Definition.Root.Texts("gates"),
            Calibration = calibration,
            Decide = model.Definition.Decide,
            Definition = model.Definition.Canonical,
            Reference = Reference(calibrated),
            PackagingDifference = difference,
            Proof = proof,
        };
        return ModelBundle.Create(new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [ModelBundle.ManifestName] = JsonSerializer.SerializeToUtf8Bytes(manifest, TrainingJson.Options),
            [ModelBundle.OnnxName] = onnx,
            [ModelBundle.XGBoostName] = trained.Json.ToArray(),
        });
    }

    /// <summary>Frozen bins over validation and test: the most recent rows whose labels are mature.</summary>
    private ReferenceProfile Reference(double[] scores)
    {
        var width = model.Vector.Columns.Count;
        var profiles = new List<FrozenProfile>(width);
        for (var c = 0; c < width; c++)
        {
            var column = new List<double>(set.Validation.Rows + set.Test.Rows);
            foreach (var part in new[] { set.Validation, set.Test })
            {
                for (var r = 0; r < part.Rows; r++)
                {
                    column.Add(part.Features[(r * width) + c]);
                }
            }

            profiles.Add(FrozenProfile.Of([.. column]));
        }

        return new ReferenceProfile(profiles, FrozenProfile.Of(scores), scores.Length);
    }

    private static double[] Raw(byte[] onnx, TrainingPart part)
    {
        using var session = OnnxSession.Load(onnx);
        using var binding = session.Bind(part.Rows);
        part.Features.CopyTo(binding.Input);
        binding.Run(part.Rows);
        return [.. binding.Output[..part.Rows].ToArray().Select(score => (double)score)];
    }
}
