using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Training.Bundles;
using Flyball.Training.Datasets;
using Flyball.Training.Evaluation;
using Flyball.Training.ModelTests;
using Flyball.Training.Splits;

namespace Flyball.Training.Jobs;

/// <summary>
/// The pipeline of one run, in its own process: extract, split, features, prove, train, evaluate, package.
/// Reads a job folder and the lake's files; writes bundle, evaluation and result into the job folder; reports each step as one line.
/// The bundle depends on the job alone: run twice, it has the same bytes.
/// </summary>
public sealed class TrainingWorker(string directory, string lakeDirectory, TimeProvider time, Action<string> report)
{
    /// <summary>Fewer rows or positives in a part say nothing about a model.</summary>
    private static readonly PartCounts Fewest = new(100, 10);

    private readonly List<StepSummary> steps = [];
    private readonly TrainingJob job = TrainingJob.Read(directory);

    /// <exception cref="FlyballException">The run cannot be made: too few rows, definitions with problems, a package that does not agree.</exception>
    public TrainingResult Run()
    {
        var project = ProjectPlan.Load(Path.Combine(directory, TrainingJob.ProjectFolderName), out var problems)
            ?? throw new FlyballException(problems[0]);
        var model = project.Models.TryGetValue(job.Model, out var found) ? found : throw new FlyballException(new Problem("FLY4004", $"The project has no model {job.Model}."));
        var builder = new TrainingSetBuilder(project, model, lakeDirectory, job.Manifests(), new Horizon(job.Horizon));
        Step("extract", () =>
        {
            builder.Load();
            return (builder, $"{builder.SpineRows.ToString("N0", CultureInfo.InvariantCulture)} rows of {model.Vector.Request.Source}");
        });
        var set = Step("features", () => BuildSet(model, builder));
        var given = Read(TrainingJob.GivenFileName) is { } packed ? Step("verify", () => Verify(packed)) : null;
        var proof = Step("prove", () => Prove(project, given is null ? model.Vector : ManifestVector.Compile(BundleScorer.ManifestOf(given), project), builder, set));
        var bundle = given ?? Step("train", () => new ModelPackager(job, model, set, proof).Train());

        using var scorer = BundleScorer.Load(bundle);
        var frozen = new FrozenRows(project, model, builder, set.Test);
        var candidate = Step("evaluate", () => Evaluate(frozen, scorer));
        var (evaluation, report) = Step("test", () => Test(new RunEvaluation(job, model, set, bundle, frozen), scorer, frozen.Freeze(candidate, Read(TrainingJob.ChampionFileName), Read(TrainingJob.PreviousFileName)) with { Proof = proof }));
        Step("package", () =>
        {
            // A bundle made elsewhere stays as it is: its digest is its name.
            bundle = given ?? bundle.With(EvaluationReport.MemberName, report.ToBytes());
            File.WriteAllBytes(Path.Combine(directory, TrainingJob.ReportFileName), report.ToBytes());
            File.WriteAllBytes(Path.Combine(directory, TrainingJob.EvaluationFileName), evaluation.ToBytes());
            File.WriteAllBytes(Path.Combine(directory, TrainingJob.BundleFileName), bundle.Pack());
            return (bundle, bundle.Digest.Short);
        });
        var result = Result(set, scorer, bundle, frozen);
        File.WriteAllBytes(Path.Combine(directory, TrainingJob.ResultFileName), JsonSerializer.SerializeToUtf8Bytes(result, TrainingJson.Options));
        return result;
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

    private static (Score[] Scores, string Detail) Evaluate(FrozenRows frozen, BundleScorer scorer)
    {
        var scores = frozen.Score(scorer);
        var metrics = frozen.Metrics(scores);
        return (scores, string.Join(", ", metrics.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key} {m.Value:F4}"))));
    }

    private static ((FrozenEvaluation, EvaluationReport) Found, string Detail) Test(RunEvaluation run, BundleScorer scorer, FrozenEvaluation evaluation)
    {
        var found = run.Complete(scorer, evaluation);
        var tests = found.Evaluation.Tests!;
        return (found, string.Create(CultureInfo.InvariantCulture, $"{tests.Count(t => t.Ok)} of {tests.Count} model tests passed"));
    }

    private TrainingResult Result(TrainingSet set, BundleScorer scorer, ModelBundle bundle, FrozenRows frozen)
    {
        using var process = Process.GetCurrentProcess();
        return new TrainingResult
        {
            RunId = job.RunId,
            Bundle = bundle.Digest.Hex,
            Metrics = frozen.Metrics(frozen.Score(scorer)),
            Parts = [.. set.Parts.Select(p => new PartSummary(p.Name, p.Interval.From.ToString(), p.Interval.Until.ToString(), p.Rows, p.Positives))],
            Steps = steps,
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

    private T Step<T>(string name, Func<(T Made, string Detail)> work)
    {
        var started = time.GetTimestamp();
        var (made, detail) = work();
        var step = new StepSummary(name, Math.Round(time.GetElapsedTime(started).TotalSeconds, 3), detail);
        steps.Add(step);
        report(JsonSerializer.Serialize(step, TrainingJson.Options));
        return made;
    }
}
