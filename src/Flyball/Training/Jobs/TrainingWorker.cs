using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Flyball.Engine.Evaluation;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Statistics;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Training.Bundles;
using Flyball.Training.Datasets;
using Flyball.Training.Splits;
using Flyball.Training.XGBoost;

namespace Flyball.Training.Jobs;

/// <summary>
/// The pipeline of one training run, in its own process: extract, features, split, train, evaluate, package.
/// Reads a job folder and the lake's files; writes bundle, evaluation and result into the job folder, each step reported as one line.
/// The bundle depends on the job alone: run twice, it has the same bytes.
/// </summary>
public sealed class TrainingWorker(string directory, string lakeDirectory, TimeProvider time, Action<string> report)
{
    private const int LatencySample = 2_000;

    private readonly List<StepSummary> steps = [];
    private readonly TrainingJob job = TrainingJob.Read(directory);

    /// <exception cref="FlyballException">The run cannot be made: too few rows, definitions with problems, a package that does not agree.</exception>
    public TrainingResult Run()
    {
        var project = ProjectPlan.Load(Path.Combine(directory, TrainingJob.ProjectFolderName), out var problems)
            ?? throw new FlyballException(problems[0]);
        var model = project.Models.TryGetValue(job.Model, out var found) ? found : throw new FlyballException(new Problem("FLY4004", $"The project has no model {job.Model}."));
        var horizon = new Horizon(job.Horizon);
        var builder = new TrainingSetBuilder(project, model, lakeDirectory, job.Tables, horizon);
        Step("extract", () =>
        {
            builder.Load();
            return $"{builder.SpineRows.ToString("N0", CultureInfo.InvariantCulture)} rows of {model.Vector.Request.Source}";
        });

        TimeSplit split = null!;
        Step("split", () =>
        {
            var definition = model.Definition.Split;
            split = TimeSplit.Create(definition.TrainMicros, definition.ValidationMicros, definition.TestMicros, definition.EmbargoMicros, model.Definition.Label.WindowMicros, new EventTime(job.AsOfMicros));
            return $"test from {split.Test.From}, embargo {TimeSpan.FromMicroseconds(definition.EmbargoMicros).TotalDays.ToString("0.#", CultureInfo.InvariantCulture)} days";
        });

        TrainingSet set = null!;
        Step("features", () =>
        {
            set = builder.Build(split);
            TimeSplit.Require(set.Parts.Select(p => new PartSize(p.Name, p.Rows, p.Positives)));
            return $"{model.Vector.Columns.Count} features, {set.Train.Rows} + {set.Validation.Rows} + {set.Test.Rows} rows";
        });

        TrainedModel trained = null!;
        Step("train", () =>
        {
            trained = Train(model, set);
            return $"{trained.Rounds} trees";
        });

        IsotonicCalibration? calibration = null;
        ModelBundle bundle = null!;
        BundleScorer scorer = null!;
        double difference = 0;
        IReadOnlyDictionary<string, double> metrics = null!;
        var onnx = XGBoostToOnnx.Convert(XGBoostTreeModel.Parse(trained.Json), [.. model.Vector.Columns.Select(c => c.Name)]);
        Step("evaluate", () =>
        {
            var check = PackagingCheck.Run(trained.Json, onnx, set.Test.Features, set.Test.Rows);
            difference = check.LargestDifference;
            if (!check.Ok)
            {
                throw new FlyballException(new Problem("FLY3221", $"The packaged model differs from the trained one by {check.LargestDifference:G3}."));
            }

            using var raw = Scorer(model, onnx, trained, null, null, null);
            var validation = Scores(raw, set.Validation.Features, set.Validation.Rows);
            calibration = model.Definition.Calibrate == "isotonic" ? IsotonicCalibration.Fit([.. validation.Select(s => (double)s.Raw)], Doubles(set.Validation.Labels)) : null;
            using var calibrated = Scorer(model, onnx, trained, calibration, null, null);
            var test = Scores(calibrated, set.Test.Features, set.Test.Rows);
            metrics = Metrics(test, set.Test.Labels);
            var reference = Reference(set, model.Vector.Columns.Count, [.. Scores(calibrated, set.Validation.Features, set.Validation.Rows).Select(s => s.Calibrated), .. test.Select(s => s.Calibrated)]);
            bundle = Bundle(model, onnx, trained, calibration, metrics, reference);
            scorer = BundleScorer.Load(bundle);
            return string.Create(CultureInfo.InvariantCulture, $"average precision {metrics["average_precision"]:F4}, ROC AUC {metrics["roc_auc"]:F4}");
        });

        TrainingResult result = null!;
        using (scorer)
        {
            Step("package", () =>
            {
                var evaluation = Freeze(project, model, builder, set.Test, scorer);
                File.WriteAllBytes(Path.Combine(directory, TrainingJob.EvaluationFileName), evaluation.ToBytes());
                File.WriteAllBytes(Path.Combine(directory, TrainingJob.BundleFileName), bundle.Pack());
                return bundle.Digest.Short;
            });
            result = Result(model, builder, set, scorer, bundle, metrics, difference);
        }

        File.WriteAllBytes(Path.Combine(directory, TrainingJob.ResultFileName), JsonSerializer.SerializeToUtf8Bytes(result, TrainingJson.Options));
        return result;
    }

    private TrainedModel Train(ModelPlan model, TrainingSet set)
    {
        var trainer = model.Definition.Trainer;
        var labels = job.PermuteLabels is { } seed ? LabelPermutation.Of(set.Train.Labels, (ulong)seed) : set.Train.Labels;
        var width = model.Vector.Columns.Count;
        return XGBoostTrainer.Train(
            trainer.ToParameters(),
            new TrainingMatrix(set.Train.Features, width, labels),
            new TrainingMatrix(set.Validation.Features, width, set.Validation.Labels),
            [.. model.Vector.Columns.Select(c => c.Name)]);
    }

    private ModelBundle Bundle(
        ModelPlan model, byte[] onnx, TrainedModel trained, IsotonicCalibration? calibration, IReadOnlyDictionary<string, double>? metrics, ReferenceProfile? reference)
    {
        var gain = trained.Gain.Sum();
        var manifest = new ModelManifest
        {
            Model = model.Name,
            Task = model.Definition.Task,
            RunId = job.RunId,
            PredictOn = model.Definition.PredictOn,
            RequestContract = model.Vector.Request.Digest.Hex,
            Features = [.. model.Vector.Columns.Select((c, i) => new ManifestFeature(c.Name, c.Definition.Hex, gain > 0 ? trained.Gain[i] / gain : 0))],
            Calibration = calibration,
            Decide = model.Definition.Decide,
            Definition = model.Definition.Canonical,
            Reference = reference ?? new ReferenceProfile([], BinCounts.Empty, 0),
            Metrics = metrics ?? new Dictionary<string, double>(StringComparer.Ordinal),
        };
        return ModelBundle.Create(new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [ModelManifest.FileName] = JsonSerializer.SerializeToUtf8Bytes(manifest, TrainingJson.Options),
            ["model.onnx"] = onnx,
            ["xgboost.json"] = trained.Json,
        });
    }

    private BundleScorer Scorer(
        ModelPlan model, byte[] onnx, TrainedModel trained, IsotonicCalibration? calibration, IReadOnlyDictionary<string, double>? metrics, ReferenceProfile? reference) =>
        BundleScorer.Load(Bundle(model, onnx, trained, calibration, metrics, reference));

    private static Score[] Scores(BundleScorer scorer, float[] inputs, int rows)
    {
        var scores = new Score[rows];
        scorer.ScoreMany(inputs, scores);
        return scores;
    }

    private static Dictionary<string, double> Metrics(Score[] scores, float[] labels)
    {
        double[] calibrated = [.. scores.Select(s => s.Calibrated)];
        var found = BinaryMetrics.Compute(calibrated, Doubles(labels));
        return found.ToDictionary();
    }

    /// <summary>Frozen bins over validation and test: the most recent rows whose labels are mature.</summary>
    private static ReferenceProfile Reference(TrainingSet set, int width, double[] scores)
    {
        var profiles = new List<BinCounts>(width);
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

            profiles.Add(BinCounts.Reference([.. column]));
        }

        return new ReferenceProfile(profiles, BinCounts.Reference(scores), scores.Length);
    }

    private FrozenEvaluation Freeze(ProjectPlan project, ModelPlan model, TrainingSetBuilder builder, TrainingPart test, BundleScorer scorer)
    {
        var candidate = Scores(scorer, test.Features, test.Rows);
        double?[]? champion = null;
        string? digest = null;
        string? missing = null;
        var path = Path.Combine(directory, TrainingJob.ChampionFileName);
        if (File.Exists(path))
        {
            try
            {
                var bundle = ModelBundle.Unpack(File.ReadAllBytes(path));
                digest = bundle.Digest.Hex;
                using var loaded = BundleScorer.Load(bundle);
                var vector = ManifestVector.Compile(loaded.Manifest, project);
                champion = Finite(Scores(loaded, builder.Inputs(vector, test), test.Rows));
            }
            catch (FlyballException e)
            {
                missing = e.Problem.Message;
            }
        }

        return new FrozenEvaluation
        {
            Seq = test.Seq,
            Labels = Doubles(test.Labels),
            Candidate = Finite(candidate),
            Champion = champion,
            ChampionDigest = digest,
            ChampionMissing = missing,
            Columns = Columns(model, test),
        };
    }

    private static Dictionary<string, double?[]> Columns(ModelPlan model, TrainingPart test)
    {
        var columns = new Dictionary<string, double?[]>(StringComparer.Ordinal);
        var fields = model.Vector.Request.Schema.Fields;
        for (var c = 0; c < fields.Count; c++)
        {
            if (fields[c].Type is ScalarType.Number or ScalarType.Integer)
            {
                columns[fields[c].Name] = [.. test.Requests!.Select(row => row[c].TryGetNumber(out var number) ? number : (double?)null)];
            }
            else if (fields[c].Type == ScalarType.Boolean)
            {
                columns[fields[c].Name] = [.. test.Requests!.Select(row => row[c].IsNull ? (double?)null : row[c].AsBoolean ? 1 : 0)];
            }
        }

        return columns;
    }

    private TrainingResult Result(
        ModelPlan model, TrainingSetBuilder builder, TrainingSet set, BundleScorer scorer, ModelBundle bundle, IReadOnlyDictionary<string, double> metrics, double difference)
    {
        using var process = Process.GetCurrentProcess();
        return new TrainingResult
        {
            RunId = job.RunId,
            Bundle = bundle.Digest.Hex,
            Metrics = metrics,
            Parts = [.. set.Parts.Select(p => new PartSummary(p.Name, p.Interval.From.ToString(), p.Interval.To.ToString(), p.Rows, p.Positives))],
            Steps = steps,
            LatencyP99Micros = Latency(model, builder, set.Test, scorer),
            PackagingDifference = difference,
            CpuSeconds = process.TotalProcessorTime.TotalSeconds,
            PeakMemoryBytes = process.PeakWorkingSet64,
        };
    }

    private double Latency(ModelPlan model, TrainingSetBuilder builder, TrainingPart test, BundleScorer scorer)
    {
        var vector = model.Vector;
        var scratch = new Value[vector.ScratchWidth];
        var values = new Value[vector.Columns.Count];
        var rows = Math.Min(LatencySample, test.Rows);
        var micros = new double[rows];
        for (var round = 0; round < 2; round++)
        {
            for (var r = 0; r < rows; r++)
            {
                var row = test.Requests![r];
                var started = time.GetTimestamp();
                vector.Evaluate(builder.State, row, new EventTime(row[vector.Request.EventTimeIndex].AsTimestamp), new Horizon(job.Horizon), scratch, values);
                scorer.ScoreOne(values);
                micros[r] = time.GetElapsedTime(started).TotalMicroseconds;
            }
        }

        Array.Sort(micros);
        return micros[(int)(0.99 * (rows - 1))];
    }

    private void Step(string name, Func<string> work)
    {
        var started = time.GetTimestamp();
        var detail = work();
        var step = new StepSummary(name, Math.Round(time.GetElapsedTime(started).TotalSeconds, 3), detail);
        steps.Add(step);
        report(JsonSerializer.Serialize(step, TrainingJson.Options));
    }

    private static double[] Doubles(float[] values) => [.. values.Select(v => (double)v)];

    private static double?[] Finite(Score[] scores) => [.. scores.Select(s => s.IsFinite ? s.Calibrated : (double?)null)];
}
