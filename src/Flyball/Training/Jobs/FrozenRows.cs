using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Training.Bundles;
using Flyball.Training.Datasets;
using Flyball.Training.Tasks;
using Flyball.Training.Trainers;

namespace Flyball.Training.Jobs;

/// <summary>The test rows of a run and what versions say of them. Every version is scored with its own feature vector on the same requests.</summary>
internal sealed class FrozenRows(ProjectPlan project, ModelPlan model, TrainingSetBuilder builder, TrainingPart test)
{
    private const int LatencySample = 2_000;

    public Score[] Score(BundleScorer scorer)
    {
        var vector = ManifestVector.Compile(scorer.Manifest, project);
        if (scorer.Manifest.Task != model.Definition.Task || !(scorer.Manifest.Classes ?? []).SequenceEqual(model.Labels.Classes, StringComparer.Ordinal))
        {
            throw new FlyballException(new Problem("FLY3244", $"The version answers {scorer.Manifest.Task}, and the model is {model.Definition.Task} now, or its classes are others.", Remedy: "Promote the first version of the new task by its absolute gates."));
        }

        if (vector.Request.Source != model.Vector.Request.Source || vector.EntityViews.FirstOrDefault(v => !builder.Holds(v.Source.Source)) is not null)
        {
            // Scored without the events it reads, a champion would look worse than it is and be beaten for that.
            throw new FlyballException(new Problem("FLY3229", "The version reads sources that are not part of this evaluation.", Remedy: "Evaluate versions of one model that read the same sources."));
        }

        var inputs = builder.Inputs(vector, scorer.Encoder, test);
        var scores = new Score[test.Rows];
        scorer.ScoreMany(inputs, scores);
        return scores;
    }

    /// <summary>Metrics of the scores; none when one is not finite, because a number over the rest would look like a result.</summary>
    public IReadOnlyDictionary<string, double> Metrics(Score[] scores) =>
        scores.All(s => s.IsFinite) ? TaskMetrics.Of(Scored(scores)) : new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Metrics of the baseline on the same rows.</summary>
    public IReadOnlyDictionary<string, double> Metrics(BaselineScores baseline) =>
        TaskMetrics.Of(new ScoredRows(model.Task, baseline.Scores, Labels()) { Probabilities = baseline.Probabilities, Groups = ScoredRows.NumbersOf(model.Task, test) });

    private ScoredRows Scored(Score[] scores) => new(model.Task, [.. scores.Select(s => s.Calibrated)], Labels())
    {
        Probabilities = Probabilities(scores),
        Groups = ScoredRows.NumbersOf(model.Task, test),
    };

    public FrozenEvaluation Freeze(Score[] candidate, byte[]? champion)
    {
        Score[]? championScores = null;
        string? digest = null;
        string? missing = null;
        if (champion is not null)
        {
            try
            {
                var bundle = ModelBundle.Unpack(champion);
                digest = bundle.Digest.Hex;
                using var scorer = BundleScorer.Load(bundle);
                championScores = Score(scorer);
            }
            catch (FlyballException e)
            {
                missing = e.Problem.Message;
            }
        }

        return new FrozenEvaluation
        {
            Seq = test.Seq,
            Labels = Labels(),
            Candidate = Finite(candidate),
            Task = model.Definition.Task,
            Classes = model.Labels.Classes.Count > 0 ? model.Labels.Classes : null,
            CandidateProbabilities = Probabilities(candidate),
            Champion = championScores is null ? null : Finite(championScores),
            ChampionProbabilities = championScores is null ? null : Probabilities(championScores),
            Groups = ScoredRows.NumbersOf(model.Task, test),
            ChampionDigest = digest,
            ChampionMissing = missing,
            Columns = Columns(),
        };
    }

    /// <summary>99th percentile of features plus model for one row after a warm-up round, in microseconds.</summary>
    public double LatencyP99Micros(BundleScorer scorer, TimeProvider time)
    {
        var vector = ManifestVector.Compile(scorer.Manifest, project);
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
                vector.Evaluate(builder.State, row, test.Instants[r], builder.Horizon, scratch, values);
                scorer.ScoreOne(values);
                micros[r] = time.GetElapsedTime(started).TotalMicroseconds;
            }
        }

        Array.Sort(micros);
        return micros[(int)(0.99 * (rows - 1))];
    }

    private Dictionary<string, double?[]> Columns()
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

    /// <summary>Null unless there are several classes, and when a row has none that are finite: JSON has no word for them.</summary>
    private static float[][]? Probabilities(Score[] scores) =>
        scores.Length > 0 && scores.All(s => s.Probabilities is not null && s.IsFinite) ? [.. scores.Select(s => s.Probabilities!)] : null;

    private double[] Labels() => [.. test.Labels.Select(l => (double)l)];

    private static double?[] Finite(Score[] scores) => [.. scores.Select(s => s.IsFinite ? s.Calibrated : (double?)null)];
}
