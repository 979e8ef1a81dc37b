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
using Flyball.Training.Leakage;
using Flyball.Training.ModelTests;
using Flyball.Training.Pipeline;
using Flyball.Training.Splits;
using Flyball.Training.Tasks;
using Flyball.Training.Trainers;

namespace Flyball.Training.Jobs;

/// <summary>
/// The pipeline of one run, in its own process: extract, features, validate, train, evaluate, package.
/// Reads a job folder and the lake's files; writes bundle, evaluation and result into the job folder; reports each step as lines.
/// The bundle depends on the job alone: run twice, it has the same bytes. Trained and evaluated outputs stay in the folder as they are made: a
/// worker that finds them there goes on after them.
/// </summary>
public sealed class TrainingWorker(string directory, string lakeDirectory, TimeProvider time, Action<string> report)
{
    private const string BacktestsFileName = "backtests.json";

    private readonly PipelineSteps steps = new(directory, time, report);
    private readonly TrainingJob job = TrainingJob.Read(directory);

    /// <summary>Program and leading arguments of the command that shuts a training program in; empty starts it unconfined.</summary>
    public IReadOnlyList<string> Confiner { get; init; } = [];

    /// <summary>A training program reads nothing of the directory that the lake is part of: no keys, no test labels, no other run.</summary>
    private TrainerPlace Place => new(Path.Combine(directory, TrainingJob.ProjectFolderName), Path.Combine(directory, "work"))
    {
        HiddenDirectory = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(lakeDirectory))) is { Length: > 1 } data ? data : Path.GetFullPath(lakeDirectory),
        Confiner = Confiner,
        Programs = job.Programs,
    };

    /// <exception cref="FlyballException">The run cannot be made: too few rows, definitions with problems, a package that does not agree.</exception>
    public TrainingResult Run()
    {
        try
        {
            return Make();
        }
        catch (FlyballException e) when (job.Outside is not null)
        {
            // Whoever logged the file is told what is wrong with it by its own code, not that a training failed.
            JobProblem.Write(directory, e.Problem);
            throw;
        }
    }

    private TrainingResult Make()
    {
        var project = ProjectPlan.Load(Path.Combine(directory, TrainingJob.ProjectFolderName), out var problems)
            ?? throw new FlyballException(problems[0]);
        var model = project.Models.TryGetValue(job.Model, out var found) ? found : throw new FlyballException(new Problem("FLY4004", $"The project has no model {job.Model}."));
        var builder = new TrainingSetBuilder(project, model, lakeDirectory, job.Manifests(), new Horizon(job.Horizon)) { Stored = StoredDatasets.Of(directory, time) };
        steps.Run(StepNames.Extract, () =>
        {
            builder.Load();
            return (builder, $"{builder.SpineRows.ToString("N0", CultureInfo.InvariantCulture)} rows of {model.Vector.Request.Source}");
        });
        var set = steps.Run(StepNames.Features, () => BuildSet(model, builder), () => builder.Used);
        var given = Read(TrainingJob.GivenFileName) is { } packed ? steps.Run(StepNames.Verify, () => Verify(packed)) : null;
        var proof = steps.Run(StepNames.Validate, () => Prove(project, given is null ? model.Vector : ManifestVector.Compile(given.Manifest, project), builder, set));
        var leaks = given is null ? steps.Run(StepNames.Leakage, () => CheckLeakage(model, builder, set)) : null;
        var (bundle, notes) = given is null ? Train(new ModelPackager(job, Place, model, set, (proof, project.Disclosure))) : (given, new TrainerNotes(null, null));

        using var scorer = BundleScorer.Load(bundle);
        var frozen = new FrozenRows(project, model, builder, set.Test) { NaiveScale = RunMetrics.NaiveScale(set.Train) };
        var baseline = BaselineScores.Of(model, builder, set.Train, set.Test);
        var (evaluation, evaluated) = Evaluate(new RunEvaluation(job, model, set, bundle, frozen), scorer, bundle, new RunEvidence(proof, baseline, Read(TrainingJob.ChampionFileName), Read(TrainingJob.PreviousFileName)));
        // A finished model cannot be trained again from an earlier origin.
        var backtests = given is null && job.Outside is null && model.Definition.Split.Origins > 0
            ? Backtests(model, builder, set)
            : null;
        var result = steps.Run(StepNames.Package, () =>
        {
            // A bundle made elsewhere stays as it is: its digest is its name.
            bundle = given ?? new BundleDocuments(project, model, set, frozen, job).Complete(bundle, scorer, evaluated);
            File.WriteAllBytes(Path.Combine(directory, TrainingJob.ReportFileName), evaluated.ToBytes());
            File.WriteAllBytes(Path.Combine(directory, TrainingJob.EvaluationFileName), evaluation);
            File.WriteAllBytes(Path.Combine(directory, TrainingJob.BundleFileName), bundle.Pack());
            return (Result(set, scorer, bundle, frozen), bundle.Digest.Short);
        }) with
        {
            Steps = steps.Summaries,
            Split = SplitSummary.Of(model, set),
            Baseline = new BaselineSummary(baseline.Kind, frozen.Metrics(baseline)),
            Leakage = leaks,
            Backtests = backtests,
            TrainerLog = notes.Log,
            Reported = notes.Reported,
            Confinement = notes.Confinement,
        };
        File.WriteAllBytes(Path.Combine(directory, TrainingJob.ResultFileName), JsonSerializer.SerializeToUtf8Bytes(result, TrainingJson.Options));
        return result;
    }

    /// <summary>Everything that training depends on is in the run's id.</summary>
    private (ModelBundle Bundle, TrainerNotes Notes) Train(ModelPackager packager) => steps.Run<(ModelBundle Bundle, TrainerNotes Notes)>(
        StepNames.Train,
        new JsonObject { ["run_id"] = job.RunId },
        () =>
        {
            var (bundle, detail) = packager.Train();
            foreach (var line in packager.Output?.Log?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
            {
                steps.Say(line);
            }

            return ((bundle, new TrainerNotes(packager.Output?.Log, packager.Output?.Reported) { Confinement = packager.Output?.Confinement }), detail);
        },
        (trained, files) =>
        {
            files.Write(TrainingJob.BundleFileName, trained.Bundle.Pack());
            files.Write(TrainerNotes.FileName, JsonSerializer.SerializeToUtf8Bytes(trained.Notes, TrainingJson.Options));
        },
        files =>
        {
            var bundle = ModelBundle.Unpack(files.Read(TrainingJob.BundleFileName));
            return ((bundle, JsonSerializer.Deserialize<TrainerNotes>(files.Read(TrainerNotes.FileName), TrainingJson.Options)!), $"kept from before: {bundle.Digest.Short}");
        });

    /// <summary>One training an origin: kept like the training itself.</summary>
    private IReadOnlyList<BacktestSummary> Backtests(ModelPlan model, TrainingSetBuilder builder, TrainingSet set) => steps.Run(
        StepNames.Backtest,
        new JsonObject { ["run_id"] = job.RunId },
        () => new Backtest(model, builder, Place).Run(set.Test.Interval!.Value, SplitEnd(model, builder)),
        (made, files) => files.Write(BacktestsFileName, JsonSerializer.SerializeToUtf8Bytes(made, TrainingJson.Options)),
        files => (JsonSerializer.Deserialize<IReadOnlyList<BacktestSummary>>(files.Read(BacktestsFileName), TrainingJson.Options)!, "kept from before"));

    /// <summary>The champion and the one before are not part of the run's id: others are another evaluation.</summary>
    private (byte[] Evaluation, EvaluationReport Report) Evaluate(RunEvaluation run, BundleScorer scorer, ModelBundle bundle, RunEvidence evidence)
    {
        return steps.Run<(byte[] Evaluation, EvaluationReport Report)>(
            StepNames.Evaluate,
            new JsonObject
            {
                ["run_id"] = job.RunId,
                ["bundle"] = bundle.Digest.Hex,
                ["champion"] = evidence.Champion is { } champion ? Digest.Of(champion).Hex : null,
                ["previous"] = evidence.Previous is { } previous ? Digest.Of(previous).Hex : null,
            },
            () =>
            {
                var (found, detail) = run.Complete(scorer, evidence);

                // Many rows and columns are long to write: once.
                return ((found.Evaluation.ToBytes(), found.Report), detail);
            },
            (found, files) =>
            {
                files.Write(TrainingJob.EvaluationFileName, found.Evaluation);
                files.Write(TrainingJob.ReportFileName, found.Report.ToBytes());
            },
            files => ((files.Read(TrainingJob.EvaluationFileName), EvaluationReport.Parse(files.Read(TrainingJob.ReportFileName))), "kept from before"));
    }

    private (TrainingSet Set, string Detail) BuildSet(ModelPlan model, TrainingSetBuilder builder)
    {
        var definition = model.Definition;
        TrainingSet set;
        if (definition.Split.By == SplitDefinition.ByTime)
        {
            var split = definition.Split.ToTimeSplit(definition.Label);
            Require(split.Validate());
            set = builder.Build(split.Plan(SplitEnd(model, builder)));
        }
        else
        {
            IRowSplit split = definition.Split.By == SplitDefinition.ByEntity ? new EntitySplit(definition.Split.Shares!) : new StratifiedSplit(definition.Split.Shares!, model.Task.HasClasses);
            set = builder.Build(split, new EventTime(job.AsOfMicros - definition.Label.WindowMicros));
        }

        Require(SplitAudit.Judge(model, set));
        return (set, $"{model.Vector.Columns.Count} features; {set.Train.Rows} rows to train, {set.Validation.Rows} to validate, {set.Test.Rows} to test; {SplitSummary.Of(model, set).Note}");
    }

    /// <summary>When the labels are looked at: now, or when the last request was mature.</summary>
    private KnownAt SplitEnd(ModelPlan model, TrainingSetBuilder builder) =>
        model.Definition.Split.EndsWithData && builder.SpineRows > 0
            ? new KnownAt(Math.Min(job.AsOfMicros, builder.Spine.Max(s => s.Stamp.EventTime.Micros) + model.Definition.Label.WindowMicros))
            : new KnownAt(job.AsOfMicros);

    private static (IReadOnlyList<LeakageFinding> Findings, string Detail) CheckLeakage(ModelPlan model, TrainingSetBuilder builder, TrainingSet set)
    {
        var findings = new LeakageCheck(model, set).Run(builder);
        if (findings.FirstOrDefault(f => !f.Allowed) is { } leak)
        {
            throw new FlyballException(new Problem("FLY3236", $"{leak.Feature} looks like a leak: {leak.Reason}.", model.Definition.Root.At("features"), "Leave the feature out, or, when its value is known at the time of a prediction, allow it with a reason under leakage:."));
        }

        return (findings, findings.Count == 0 ? "no feature looks like the label" : $"{findings.Count} allowed: {string.Join(", ", findings.Select(f => f.Feature))}");
    }

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
        var used = set.Parts.SelectMany(p => p.Seq).ToHashSet();
        var rows = builder.Spine.Where(s => used.Contains(s.Stamp.Seq));
        var proof = new ServedPathProof(project, vector, lakeDirectory, job.Manifests()).Measure(builder.State, rows, builder.Horizon, seed);
        return (proof, string.Create(CultureInfo.InvariantCulture, $"{proof.Compared - proof.Mismatches} of {proof.Compared} values of {proof.Rows} rows are the same bits online and offline"));
    }

    private TrainingResult Result(TrainingSet set, BundleScorer scorer, ModelBundle bundle, FrozenRows frozen)
    {
        using var process = Process.GetCurrentProcess();
        var latency = RowLatency.Measure(frozen.Reader(scorer), scorer, set.Test, time);
        return new TrainingResult
        {
            RunId = job.RunId,
            Bundle = bundle.Digest.Hex,
            Metrics = frozen.Metrics(frozen.Score(scorer)),
            Parts = PartSummary.Of(set),
            Steps = steps.Summaries,
            LatencyP99Micros = latency.P99Micros,
            Latency = latency,
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
