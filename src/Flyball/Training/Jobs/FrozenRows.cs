using Flyball.Contracts.Privacy;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Training.Bundles;
using Flyball.Training.Datasets;
using Flyball.Training.Evaluation;
using Flyball.Training.ModelTests;
using Flyball.Training.Tasks;
using Flyball.Training.Trainers;

namespace Flyball.Training.Jobs;

/// <summary>The test rows of a run and what versions say of them. Every version is scored with its own feature vector on the same requests.</summary>
internal sealed class FrozenRows(ProjectPlan project, ModelPlan model, TrainingSetBuilder builder, TrainingPart test)
{
    private (BundleScorer By, float[] Inputs)? own;
    private (BundleScorer By, Score[] Scores, Lazy<IReadOnlyDictionary<string, double>> Metrics)? judged;

    /// <summary>Mean absolute error of the naive forecast on the training part; null when that has fewer than two rows.</summary>
    public double? NaiveScale { get; init; }

    /// <summary>Scores the test rows. Those of the version that is asked for first are kept: it is the one that is judged.</summary>
    public Score[] Score(BundleScorer scorer)
    {
        if (judged is { } known && known.By == scorer)
        {
            return known.Scores;
        }

        var scores = Score(scorer, test);
        judged ??= (scorer, scores, new(() => Measured(scores)));
        return scores;
    }

    /// <summary>Scores any requests: those of a part that kept them.</summary>
    public Score[] Score(BundleScorer scorer, TrainingPart part)
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

        var scores = new Score[part.Rows];
        scorer.ScoreAll(Inputs(scorer, part), scores);
        return scores;
    }

    /// <summary>The inputs of a version for the requests of a part.</summary>
    public float[] Inputs(BundleScorer scorer, TrainingPart part)
    {
        if (own is { } known && known.By == scorer && ReferenceEquals(part, test))
        {
            return known.Inputs;
        }

        var inputs = builder.Inputs(ManifestVector.Compile(scorer.Manifest, project), scorer.Encoder, part);
        if (ReferenceEquals(part, test))
        {
            own ??= (scorer, inputs);
        }

        return inputs;
    }

    /// <summary>Metrics of the scores; none when one is not finite, because a number over the rest would look like a result.</summary>
    public IReadOnlyDictionary<string, double> Metrics(Score[] scores) => judged is { } known && known.Scores == scores ? known.Metrics.Value : Measured(scores);

    /// <summary>Metrics of the baseline on the same rows.</summary>
    public IReadOnlyDictionary<string, double> Metrics(BaselineScores baseline) =>
        RunMetrics.Of(new ScoredRows(model.Task, baseline.Scores, Labels()) { Probabilities = baseline.Probabilities, Groups = ScoredRows.NumbersOf(model.Task, test), NaiveScale = NaiveScale });

    private IReadOnlyDictionary<string, double> Measured(Score[] scores) =>
        scores.All(s => s.IsFinite) ? RunMetrics.Of(Scored(scores)) : new Dictionary<string, double>(StringComparer.Ordinal);

    private ScoredRows Scored(Score[] scores) => new(model.Task, [.. scores.Select(s => s.Calibrated)], Labels())
    {
        Probabilities = Probabilities(scores),
        Groups = ScoredRows.NumbersOf(model.Task, test),
        NaiveScale = NaiveScale,
    };

    /// <param name="candidate">Scores of the version that is judged.</param>
    /// <param name="champion">The packed champion; null when there is none.</param>
    /// <param name="previous">The packed version that was champion before it; null when there is none.</param>
    public FrozenEvaluation Freeze(Score[] candidate, byte[]? champion, byte[]? previous = null)
    {
        var first = Others(champion);
        var second = Others(previous);
        return new FrozenEvaluation
        {
            Seq = test.Seq,
            Labels = Labels(),
            Candidate = Finite(candidate),
            Task = model.Definition.Task,
            Classes = model.Labels.Classes.Count > 0 ? model.Labels.Classes : null,
            CandidateProbabilities = Probabilities(candidate),
            Champion = first.Scores is null ? null : Finite(first.Scores),
            ChampionProbabilities = first.Scores is null ? null : Probabilities(first.Scores),
            ChampionDigest = first.Digest,
            ChampionMissing = first.Missing,
            Previous = second.Scores is null ? null : Finite(second.Scores),
            PreviousProbabilities = second.Scores is null ? null : Probabilities(second.Scores),
            PreviousDigest = second.Digest,
            PreviousMissing = second.Missing,
            Groups = ScoredRows.NumbersOf(model.Task, test),
            NaiveScale = NaiveScale,
            Columns = Columns(),
            Texts = Texts(),
        };
    }

    private (Score[]? Scores, string? Digest, string? Missing) Others(byte[]? packed)
    {
        if (packed is null)
        {
            return default;
        }

        string? digest = null;
        try
        {
            var bundle = ModelBundle.Unpack(packed);
            digest = bundle.Digest.Hex;
            using var scorer = BundleScorer.Load(bundle);
            return (Score(scorer, test), digest, null);
        }
        catch (FlyballException e)
        {
            return (null, digest, e.Problem.Message);
        }
    }

    /// <summary>How the features of a test row are read, as serving reads them.</summary>
    public FeatureReader Reader(BundleScorer scorer)
    {
        var vector = ManifestVector.Compile(scorer.Manifest, project);
        return new FeatureReader(vector.ScratchWidth, (row, scratch, values) =>
            vector.Evaluate(builder.State, test.Requests![row], test.Instants[row], builder.Horizon, scratch, values));
    }

    /// <summary>Open columns alone: what is frozen outlives the log's rows.</summary>
    private Dictionary<string, double?[]> Columns()
    {
        var columns = new Dictionary<string, double?[]>(StringComparer.Ordinal);
        var fields = model.Vector.Request.Schema.Fields;
        for (var c = 0; c < fields.Count; c++)
        {
            if (!Disclosure.IsOpen(model.Vector.Request, c))
            {
                continue;
            }

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

    /// <summary>Open text columns with few different values: slices are cut by them, and many different ones would be somebody's keys.</summary>
    private Dictionary<string, string?[]>? Texts()
    {
        var texts = new Dictionary<string, string?[]>(StringComparer.Ordinal);
        var fields = model.Vector.Request.Schema.Fields;
        for (var c = 0; c < fields.Count; c++)
        {
            if (fields[c].Type != ScalarType.Text || c == model.UnknownColumn || !Disclosure.IsOpen(model.Vector.Request, c))
            {
                continue;
            }

            string?[] column = [.. test.Requests!.Select(row => row[c].IsNull ? null : row[c].AsText)];
            if (column.Distinct(StringComparer.Ordinal).Take(FrozenScores.MostCategories + 2).Count() <= FrozenScores.MostCategories)
            {
                texts[fields[c].Name] = column;
            }
        }

        return texts.Count == 0 ? null : texts;
    }

    /// <summary>Null unless there are several classes, and when a row has none that are finite: JSON has no word for them.</summary>
    private static float[][]? Probabilities(Score[] scores) =>
        scores.Length > 0 && scores.All(s => s.Probabilities is not null && s.IsFinite) ? [.. scores.Select(s => s.Probabilities!)] : null;

    private double[] Labels() => [.. test.Labels.Select(l => (double)l)];

    private static double?[] Finite(Score[] scores) => [.. scores.Select(s => s.IsFinite ? s.Calibrated : (double?)null)];
}
