using System.Text.Json;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Training.Bundles;
using Flyball.Training.Datasets;
using Flyball.Training.Outside;
using Flyball.Training.Tasks;
using Flyball.Training.Trainers;

namespace Flyball.Training.Jobs;

/// <summary>
/// Trains and packages: the model, its ONNX form, calibration and the reference profile, in one bundle. The packaged model must give the
/// trained one's scores, or there is no bundle.
/// </summary>
internal sealed class ModelPackager(TrainingJob job, TrainerPlace place, ModelPlan model, TrainingSet set, (FeatureProof Proof, FeatureDisclosure Disclosure) known)
{
    /// <summary>What the trainer gave, after <see cref="Train"/>.</summary>
    public TrainerOutput? Output { get; private set; }

    public (ModelBundle Bundle, string Detail) Train()
    {
        var labels = job.PermuteLabels is { } seed ? LabelPermutation.Of(set.Train.Labels, (ulong)seed) : set.Train.Labels;
        var output = new HyperSearch(Trainer()).Train(
            new TrainerInput(job.Outside is null ? model.Definition.Trainer : model.Definition.Trainer with { Search = null }, model.Labels, set.Encoder.InputNames, set.Train with { Labels = labels }, set.Validation, set.Test)
            {
                Place = place,
            });
        Output = output;
        return (Bundle(output), output.Detail);
    }

    private ITrainer Trainer() => job.Outside is { } outside
        ? new OutsideTrainer(outside, File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(place.WorkDirectory)!, TrainingJob.OutsideFileName)))
        : TrainerCatalog.Named(model.Definition.Trainer.Kind)!;

    private ModelBundle Bundle(TrainerOutput output)
    {
        var (validation, test) = (Scored(ScoredRows.Of(output.Onnx, model.Labels, set.Validation)), Scored(Test(output)));
        var calibration = ScoreCalibration.Fit(model.Definition.Calibrate, validation, out var insufficient)
            ?? throw new FlyballException(new Problem("FLY3228", $"The scores cannot be calibrated: {insufficient}"));
        double[] calibrated = [.. Calibrated(calibration, validation), .. Calibrated(calibration, test)];
        var manifest = new ModelManifest
        {
            Model = model.Name,
            Task = model.Definition.Task,
            RunId = job.RunId,
            PredictOn = model.Definition.PredictOn,
            RequestContract = model.Vector.Request.Digest.Hex,
            Features = [.. model.Vector.Columns.Select((c, i) => new ManifestFeature(c.Name, c.Definition.Hex, ImportanceOf(output, i)))],
            Inputs = [.. model.Vector.Request.Schema.Fields.Select(f => f.Name)],
            Gates = model.Definition.Root.Texts("gates"),
            Calibration = calibration.Isotonic,
            Sigmoid = calibration.Sigmoid,
            Temperature = calibration.Temperature,
            Encodings = set.Encoder.Encodings.Count > 0 ? set.Encoder.Encodings : null,
            Classes = model.Labels.Classes.Count > 0 ? model.Labels.Classes : null,
            OwnLabel = model.HasOwnLabel ? model.LabelSource.Schema.Fields[model.LabelValueIndex].Name : null,
            OddsFactor = OddsFactor,
            Decide = model.Definition.Decide,
            Definition = model.Definition.Canonical,
            Reference = Reference(calibrated),
            PackagingDifference = output.PackagingDifference,
            Proof = known.Proof,
            Outside = job.Outside,
        };
        var members = new Dictionary<string, byte[]>(output.Members, StringComparer.Ordinal)
        {
            [ModelBundle.ManifestName] = JsonSerializer.SerializeToUtf8Bytes(manifest, TrainingJson.Options),
            [ModelBundle.OnnxName] = output.Onnx,
        };
        if (output.Trials.Count > 0)
        {
            members[HyperSearch.MemberName] = JsonSerializer.SerializeToUtf8Bytes(output.Trials, TrainingJson.Options);
        }

        return ModelBundle.Create(members);
    }

    /// <summary>A model that was not trained on these samples has nothing to correct.</summary>
    private double? OddsFactor => set.OddsFactor == 1 || job.Outside is not null ? null : set.OddsFactor;

    /// <summary>Of a category: of all its inputs together.</summary>
    private double ImportanceOf(TrainerOutput output, int feature)
    {
        var (offset, width) = set.Encoder.InputsOf(feature);
        return Enumerable.Range(offset, width).Sum(i => output.Importance.GetValueOrDefault(set.Encoder.InputNames[i]));
    }

    /// <summary>Frozen bins over validation and test: the most recent rows whose labels are mature.</summary>
    private ReferenceProfile Reference(double[] scores)
    {
        var width = model.Vector.Columns.Count;
        var profiles = new FrozenProfile[width];
        SideBySide.Run(width, c =>
        {
            var column = new double[set.Validation.Rows + set.Test.Rows];
            for (var r = 0; r < column.Length; r++)
            {
                column[r] = r < set.Validation.Rows ? set.Validation.Profile[(r * width) + c] : set.Test.Profile[((r - set.Validation.Rows) * width) + c];
            }

            profiles[c] = FrozenProfile.Of(column, isOpen: IsCategory(c) || known.Disclosure.IsOpen(model.Vector.Columns[c].Name));
        });
        return new ReferenceProfile(profiles, FrozenProfile.Of(scores), scores.Length);
    }

    /// <summary>The profile of a category counts places, which are no values.</summary>
    private bool IsCategory(int feature) => set.Encoder.Encodings.Any(e => e.Feature == model.Vector.Columns[feature].Name);

    /// <summary>One score a row before calibration: the output with sampling corrected, or the probabilities of several classes with the largest of them.</summary>
    private ScoredRows Scored(ScoredRows rows) =>
        OddsFactor is { } factor ? rows with { Scores = [.. rows.Scores.Select(raw => raw / (raw + ((1 - raw) * factor)))] } : rows;

    /// <summary>The test rows, which the trainer may have scored with the package already.</summary>
    private ScoredRows Test(TrainerOutput output) => output.TestScores is { } known && known.Count == set.Test.Rows * Math.Max(1, model.Labels.Classes.Count)
        ? ScoredRows.Of([.. known], model.Labels, set.Test)
        : ScoredRows.Of(output.Onnx, model.Labels, set.Test);

    /// <summary>What the packaged model will answer.</summary>
    private static IEnumerable<double> Calibrated(ScoreCalibration calibration, ScoredRows rows) => rows.Probabilities is { } probabilities
        ? probabilities.Select(own =>
        {
            var answered = own.ToArray();
            calibration.Apply(answered);
            return (double)answered.Max();
        })
        : rows.Scores.Select(calibration.Apply);
}
