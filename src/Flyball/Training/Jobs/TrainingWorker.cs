using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Training.Bundles;
using Flyball.Training.Datasets;
using Flyball.Training.Evaluation;
using Flyball.Training.ModelTests;
using Flyball.Training.Pipeline;
using Flyball.Training.Splits;

namespace Flyball.Training.Jobs;

/// <summary>
/// The pipeline of one run, in its own process: extract, features, validate, train, evaluate, package.
/// Reads a job folder and the lake's files; writes bundle, evaluation and result into the job folder; reports each step as lines.
/// The bundle depends on the job alone: run twice, it has the same bytes. Trained and evaluated outputs stay in the folder as they are made: a
/// worker that finds them there goes on after them.
/// </summary>
public sealed class TrainingWorker(string directory, string lakeDirectory, TimeProvider time, Action<string> report)
{
    /// <summary>Fewer rows or positives in a part say nothing about a model.</summary>
    private static readonly PartCounts Fewest = new(100, 10);

    private readonly PipelineSteps steps = new(directory, time, report);
    private readonly TrainingJob job = TrainingJob.Read(directory);

    /// <exception cref="FlyballException">The run cannot be made: too few rows, definitions with problems, a package that does not agree.</exception>
    public TrainingResult Run()
    {
        var project = ProjectPlan.Load(Path.Combine(directory, TrainingJob.ProjectFolderName), out var problems)
            ?? throw new FlyballException(problems[0]);
        var model = project.Models.TryGetValue(job.Model, out var found) ? found : throw new FlyballException(new Problem("FLY4004", $"The project has no model {job.Model}."));
        var builder = new TrainingSetBuilder(project, model, lakeDirectory, job.Manifests(), new Horizon(job.Horizon));
        steps.Run(StepNames.Extract, () =>
        {
            builder.Load();
            return (builder, $"{builder.SpineRows.ToString("N0", CultureInfo.InvariantCulture)} rows of {model.Vector.Request.Source}");
        });
        var set = steps.Run(StepNames.Features, () => BuildSet(model, builder));
        var given = Read(TrainingJob.GivenFileName) is { } packed ? steps.Run(StepNames.Verify, () => Verify(packed)) : null;
        var proof = steps.Run(StepNames.Validate, () => Prove(project, given is null ? model.Vector : ManifestVector.Compile(given.Manifest, project), builder, set));
        var bundle = given ?? Train(model, set, proof);

        using var scorer = BundleScorer.Load(bundle);
        var frozen = new FrozenRows(project, model, builder, set.Test);
        var (evaluation, report) = Evaluate(new RunEvaluation(job, model, set, bundle, frozen), scorer, bundle, proof);
        var result = steps.Run(StepNames.Package, () =>
        {
            // A bundle made elsewhere stays as it is: its digest is its name.
            bundle = given ?? new BundleDocuments(project, model, set, frozen, job).Complete(bundle, scorer, report);
            File.WriteAllBytes(Path.Combine(directory, TrainingJob.ReportFileName), report.ToBytes());
            File.WriteAllBytes(Path.Combine(directory, TrainingJob.EvaluationFileName), evaluation.ToBytes());
            File.WriteAllBytes(Path.Combine(directory, TrainingJob.BundleFileName), bundle.Pack());
            return (Result(set, scorer, bundle, frozen), bundle.Digest.Short);
        }) with { Steps = steps.Summaries };
        File.WriteAllBytes(Path.Combine(directory, TrainingJob.ResultFileName), JsonSerializer.SerializeToUtf8Bytes(result, TrainingJson.Options));
        return result;
    }

    /// <summary>Everything that training depends on is in the run's id.</summary>
    private ModelBundle Train(ModelPlan model, TrainingSet set, FeatureProof proof) => steps.Run(
        StepNames.Train,
        new JsonObject { ["run_id"] = job.RunId },
        () => new ModelPackager(job, model, set, proof).Train(),
        (bundle, files) => files.Write(TrainingJob.BundleFileName, bundle.Pack()),
        files =>
        {
            var bundle = ModelBundle.Unpack(files.Read(TrainingJob.BundleFileName));
            return (bundle, $"kept from before: {bundle.Digest.Short}");
        });

    /// <summary>The champion and the one before are not part of the run's id: others are another evaluation.</summary>
    private (FrozenEvaluation Evaluation, EvaluationReport Report) Evaluate(RunEvaluation run, BundleScorer scorer, ModelBundle bundle, FeatureProof proof)
    {
        var (champion, previous) = (Read(TrainingJob.ChampionFileName), Read(TrainingJob.PreviousFileName));
        return steps.Run(
            StepNames.Evaluate,
            new JsonObject
            {
                ["run_id"] = job.RunId,
                ["bundle"] = bundle.Digest.Hex,
                ["champion"] = champion is null ? null : Digest.Of(champion).Hex,
                ["previous"] = previous is null ? null : Digest.Of(previous).Hex,
            },
            () => run.Complete(scorer, proof, champion, previous),
            (found, files) =>
            {
                files.Write(TrainingJob.EvaluationFileName, found.Evaluation.ToBytes());
                files.Write(TrainingJob.ReportFileName, found.Report.ToBytes());
            },
            files => ((FrozenEvaluation.Parse(files.Read(TrainingJob.EvaluationFileName)), EvaluationReport.Parse(files.Read(TrainingJob.ReportFileName))), "kept from before"));
    }

    private (TrainingSet Set, string Detail) BuildSet(ModelPlan model, TrainingSetBuilder builder)
    {
        var split = model.Definition.Split.ToTimeSplit(model.Definition.Label);
        Require(split.Validate());
        var plan = split.Plan(new KnownAt(job.AsOfMicros));
        var set = builder.Build(plan);
        var counts = new SplitCounts(Count(set.Train), Count(set.Validation), Count(set.Test), 0);
        Require(plan.Judge(counts, Fewest));
        return (set, $"{model.Vector.Columns.Count} features; {set.Train.Rows} rows to train, {set.Validation.Rows} to validate, {set.Test.Rows} to test");
    }

    private static PartCounts Count(TrainingPart part) => new(part.Rows, part.Positives);

    private static void Require(IReadOnlyList<Problem> problems)
    {
        if (problems.Count > 0)
        {
            throw new FlyballException(problems[0]);
        }
    }

    private static (ModelBundle Bundle, string Detail) Verify(byte[] given)
    {
        var bundle = ModelBundle.Unpack(given);
        return (bundle, $"a bundle made elsewhere, {bundle.Digest.Short}");
    }

    /// <summary>Measured here for a bundle made elsewhere too: what it says of itself proves nothing about this program.</summary>
    private (FeatureProof Proof, string Detail) Prove(ProjectPlan project, FeatureVectorPlan vector, TrainingSetBuilder builder, TrainingSet set)
    {
        var seed = BinaryPrimitives.ReadUInt64LittleEndian(Digest.Of(job.RunId).ToBytes());
        var rows = builder.Spine.Where(s => set.Parts.Any(p => p.Interval.Contains(s.Stamp.EventTime)));
        var proof = new ServedPathProof(project, vector, lakeDirectory, job.Manifests()).Measure(builder.State, rows, builder.Horizon, seed);
        return (proof, string.Create(CultureInfo.InvariantCulture, $"{proof.Compared - proof.Mismatches} of {proof.Compared} values of {proof.Rows} rows are the same bits online and offline"));
    }

    private TrainingResult Result(TrainingSet set, BundleScorer scorer, ModelBundle bundle, FrozenRows frozen)
    {
        using var process = Process.GetCurrentProcess();
        return new TrainingResult
        {
            RunId = job.RunId,
            Bundle = bundle.Digest.Hex,
            Metrics = frozen.Metrics(frozen.Score(scorer)),
            Parts = PartSummary.Of(set),
            Steps = steps.Summaries,
            LatencyP99Micros = frozen.LatencyP99Micros(scorer, time),
            LatencyAtLoad = LoadLatency.Measure(frozen.Reader(scorer), scorer, set.Test, time),
            PackagingDifference = scorer.Manifest.PackagingDifference,
            CpuSeconds = process.TotalProcessorTime.TotalSeconds,
            PeakMemoryBytes = process.PeakWorkingSet64,
        };
    }

    private byte[]? Read(string name)
    {
        var path = Path.Combine(directory, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }
}
