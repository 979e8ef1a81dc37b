using System.Collections.Concurrent;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>
/// Rows with what a model said of them and what turned out. Metrics look at them by place, so that a resample or a slice is a list of
/// places. What needs an order of the scores is sorted once and kept. Immutable and thread-safe; the arrays given belong to it from then on.
/// </summary>
public sealed class ScoredRows
{
    private readonly double[] scores;
    private readonly double[] labels;
    private readonly int[] groups;
    private readonly Lazy<ScoreRanks>[] ranks;
    private readonly Lazy<int[]> predicted;
    private readonly Lazy<int[]> places;
    private readonly Lazy<string?> notProbabilities;
    private readonly ConcurrentDictionary<object, double[]> terms = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<int, int[]> binned = new();
    private readonly ConcurrentDictionary<int, int[]> rankEnds = new();

    private ScoredRows(PredictionTasks task, double[] scores, int outputs, double[] labels, int[] groups)
    {
        if (scores.Length != (long)labels.Length * outputs || (groups.Length != 0 && groups.Length != labels.Length))
        {
            throw new ArgumentException($"{scores.Length} scores for {labels.Length} labels with {outputs} outputs.", nameof(scores));
        }

        Task = task;
        Outputs = outputs;
        (this.scores, this.labels, this.groups) = (scores, labels, groups);
        Unusable = scores.Any(s => !double.IsFinite(s)) ? "a score is NaN or infinite" : labels.Any(l => !double.IsFinite(l)) ? "a label is NaN or infinite" : null;
        ranks = [.. Enumerable.Range(0, outputs).Select(o => new Lazy<ScoreRanks>(() => ScoreRanks.Of(this, o)))];
        predicted = new(LikeliestClasses);
        places = new(() => [.. Enumerable.Range(0, Count)]);
        notProbabilities = new(JudgeProbabilities);
    }

    /// <summary>Some rows of others, in their order, as places of their own: what the others know is not found out again.</summary>
    private ScoredRows(ScoredRows all, int[] chosen)
    {
        (Task, Outputs, Unusable, NaiveScale) = (all.Task, all.Outputs, all.Unusable, all.NaiveScale);
        labels = [.. chosen.Select(row => all.labels[row])];
        groups = all.groups.Length == 0 ? [] : [.. chosen.Select(row => all.groups[row])];
        scores = new double[chosen.Length * Outputs];
        for (var i = 0; i < chosen.Length; i++)
        {
            all.scores.AsSpan(chosen[i] * Outputs, Outputs).CopyTo(scores.AsSpan(i * Outputs));
        }

        ranks = [.. Enumerable.Range(0, Outputs).Select(o => new Lazy<ScoreRanks>(() => all.RanksOf(o).Among(chosen)))];
        predicted = new(LikeliestClasses);
        places = new(() => [.. Enumerable.Range(0, Count)]);
        notProbabilities = new(() => all.NotProbabilities);
    }

    public PredictionTasks Task { get; }

    public int Count => labels.Length;

    /// <summary>Scores a row: the number of classes in multiclass classification, otherwise 1.</summary>
    public int Outputs { get; }

    /// <summary>Rows x outputs.</summary>
    public ReadOnlySpan<double> Scores => scores;

    /// <summary>0 or 1; the number of the class; the number to be met; or the relevance, 0 for none.</summary>
    public ReadOnlySpan<double> Labels => labels;

    /// <summary>The query of each row in ranking, otherwise empty.</summary>
    public ReadOnlySpan<int> Groups => groups;

    /// <summary>Mean absolute error of the naive forecast on the training part, which <c>mase</c> divides by.</summary>
    public double? NaiveScale { get; private init; }

    /// <summary>Why no metric can be measured, or null.</summary>
    public string? Unusable { get; }

    /// <summary>Every place once, in order.</summary>
    public ReadOnlySpan<int> Places => places.Value;

    /// <summary>The class of the largest score of each row, the first of equal ones. Multiclass only.</summary>
    internal ReadOnlySpan<int> Predicted => predicted.Value;

    /// <summary>Why the scores are no probabilities, or null.</summary>
    internal string? NotProbabilities => notProbabilities.Value;

    public static ScoredRows Binary(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var numbers = new double[labels.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = labels[i] ? 1 : 0;
        }

        return new(PredictionTasks.Binary, scores.ToArray(), 1, numbers, []);
    }

    /// <param name="scores">Rows x classes, the probability of each.</param>
    /// <param name="classes">At least 2.</param>
    /// <param name="labels">The number of the class of each row, from 0.</param>
    public static ScoredRows Multiclass(ReadOnlySpan<double> scores, int classes, ReadOnlySpan<int> labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        var numbers = new double[labels.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(labels[i], nameof(labels));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labels[i], classes, nameof(labels));
            numbers[i] = labels[i];
        }

        return new(PredictionTasks.Multiclass, scores.ToArray(), classes, numbers, []);
    }

    /// <param name="task">Regression, count or forecast.</param>
    /// <param name="predictions">One a row.</param>
    /// <param name="labels">The numbers to be met.</param>
    /// <param name="naiveScale">For <c>mase</c>; null when it was not measured.</param>
    public static ScoredRows Numeric(PredictionTasks task, ReadOnlySpan<double> predictions, ReadOnlySpan<double> labels, double? naiveScale = null) =>
        task is PredictionTasks.Regression or PredictionTasks.Count or PredictionTasks.Forecast
            ? new(task, predictions.ToArray(), 1, labels.ToArray(), []) { NaiveScale = naiveScale }
            : throw new ArgumentException($"{task} does not predict a number.", nameof(task));

    /// <param name="scores">One a row; the largest of a query comes first.</param>
    /// <param name="relevance">0 for none, larger for more, at most 31.</param>
    /// <param name="groups">The query of each row; the rows of a query stand together.</param>
    public static ScoredRows Ranking(ReadOnlySpan<double> scores, ReadOnlySpan<double> relevance, ReadOnlySpan<int> groups)
    {
        var seen = new HashSet<int>();
        for (var i = 0; i < groups.Length; i++)
        {
            if ((i == 0 || groups[i] != groups[i - 1]) && !seen.Add(groups[i]))
            {
                throw new ArgumentException($"The rows of a query stand apart: row {i} comes back to an earlier one.", nameof(groups));
            }

            if (!(relevance[i] is >= 0 and <= 31))
            {
                throw new ArgumentException($"The relevance of row {i} is not from 0 to 31.", nameof(relevance));
            }
        }

        return groups.Length == relevance.Length
            ? new(PredictionTasks.Ranking, scores.ToArray(), 1, relevance.ToArray(), groups.ToArray())
            : throw new ArgumentException("Every row has a query.", nameof(groups));
    }

    /// <summary>The same rows as another model scores them.</summary>
    public ScoredRows WithScores(ReadOnlySpan<double> others) => new(Task, others.ToArray(), Outputs, labels, groups) { NaiveScale = NaiveScale };

    /// <summary>
    /// These rows alone; this itself when they are all. Every metric of them has the same bits as at their places here.
    /// </summary>
    /// <param name="chosen">Ascending.</param>
    internal ScoredRows Among(ReadOnlySpan<int> chosen) => chosen.Length == Count && chosen.SequenceEqual(Places) ? this : new(this, chosen.ToArray());

    /// <summary>What each row adds to a sum, worked out once for all draws.</summary>
    /// <param name="key">Of the sum; the same object each time.</param>
    /// <param name="make">Its terms, one a row.</param>
    internal double[] TermsOf(object key, Func<ScoredRows, double[]> make) => terms.GetOrAdd(key, static (_, by) => by.make(by.rows), (rows: this, make));

    /// <summary>The bin of each score among so many of equal width.</summary>
    internal int[] BinsOf(int bins) => binned.GetOrAdd(bins, static (b, rows) => [.. rows.scores.Select(s => WidthBins.Of(s, b))], this);

    /// <summary>The rank after the last one of each of so many bins.</summary>
    internal int[] RankEndsOf(int bins) => rankEnds.GetOrAdd(bins, static (count, rows) =>
    {
        var ascending = rows.RanksOf(0).Scores;
        var ends = new int[count];
        var rank = 0;
        for (var bin = 0; bin < count; bin++)
        {
            while (rank < ascending.Length && WidthBins.Of(ascending[rank], count) <= bin)
            {
                rank++;
            }

            ends[bin] = rank;
        }

        return ends;
    }, this);

    internal ScoreRanks RanksOf(int output) => ranks[output].Value;

    internal bool IsPositive(int row) => labels[row] > 0.5;

    /// <summary>Whether it is of the class that an output scores, or positive where there is one output.</summary>
    internal bool IsPositive(int row, int output) => Task == PredictionTasks.Multiclass ? ClassOf(row) == output : IsPositive(row);

    internal int ClassOf(int row) => (int)labels[row];

    private int[] LikeliestClasses()
    {
        var likeliest = new int[Count];
        for (var row = 0; row < likeliest.Length; row++)
        {
            var own = scores.AsSpan(row * Outputs, Outputs);
            for (var c = 1; c < own.Length; c++)
            {
                likeliest[row] = own[c] > own[likeliest[row]] ? c : likeliest[row];
            }
        }

        return likeliest;
    }

    private string? JudgeProbabilities()
    {
        if (scores.Any(s => s is < 0 or > 1))
        {
            return "a score is outside 0..1 and no probability";
        }

        for (var row = 0; Outputs > 1 && row < Count; row++)
        {
            double sum = 0;
            foreach (var score in scores.AsSpan(row * Outputs, Outputs))
            {
                sum += score;
            }

            // Sums of float32 probabilities miss 1 by rounding; more is another mistake.
            if (Math.Abs(sum - 1) > 1e-4)
            {
                return "the scores of a row do not add up to 1 and are no probabilities";
            }
        }

        return null;
    }
}
