using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Serving.Degradation;
using Flyball.Training;

namespace Flyball.Serving.Batches;

/// <summary>Rows on their way from the file to the result, in memory that is used again. One thread has it at a time.</summary>
/// <param name="version">Who scores.</param>
/// <param name="rows">The most rows.</param>
/// <param name="standing">What every row is to find; null where each finds its own.</param>
internal sealed class ScoreBatch(ServedVersion version, int rows, Value[]? standing)
{
    private readonly int requestWidth = version.Vector.RequestWidth;
    private readonly int foundWidth = standing is null ? version.Vector.LookedUp.Count : 0;
    private readonly Value[] requests = new Value[rows * version.Vector.RequestWidth];
    private readonly Value[] found = new Value[standing is null ? rows * version.Vector.LookedUp.Count : 0];
    private readonly Score[] scores = new Score[rows];

    /// <summary>For the one vector that is made at a time.</summary>
    private readonly Value[] scratch = new Value[version.Vector.ScratchWidth];

    /// <summary>Its place among the batches of the file.</summary>
    public long Number { get; set; }

    /// <summary>The place of each good row in the file, from 1.</summary>
    public long[] Places { get; } = new long[rows];

    public long?[] Lines { get; } = new long?[rows];

    /// <summary>Names of the fields of a good row that took their declared values; null for none.</summary>
    public string?[] Defaulted { get; } = new string?[rows];

    /// <summary>Of each good row: what was decided on its score.</summary>
    public string?[] Decisions { get; } = new string?[rows];

    /// <summary>Of each good row: why it has no score; null for one that has.</summary>
    public Problem?[] Faults { get; } = new Problem?[rows];

    public List<RejectedRow> Rejected { get; } = [];

    /// <summary>How many good rows took the declared value of a field, by the field.</summary>
    public SortedDictionary<string, long> DefaultedFields { get; } = new(StringComparer.Ordinal);

    /// <summary>Members of good rows that were passed over.</summary>
    public long Ignored { get; set; }

    /// <summary>Rows read, good and bad.</summary>
    public int Read { get; set; }

    /// <summary>Good rows.</summary>
    public int Count { get; set; }

    public double Share { get; set; }

    /// <summary>The last of the file.</summary>
    public bool EndsFile { get; set; }

    /// <summary>The last of its part: a checkpoint follows.</summary>
    public bool EndsPart { get; set; }

    public Span<Score> Scores => scores.AsSpan(0, Count);

    /// <summary>A good row in the order of the contract's schema.</summary>
    public Span<Value> Request(int row) => requests.AsSpan(row * requestWidth, requestWidth);

    /// <summary>Looked up values of a good row, in their order; to be filled where each row finds its own.</summary>
    public Span<Value> Found(int row) => standing ?? found.AsSpan(row * foundWidth, foundWidth);

    /// <summary>Makes the feature vector of a good row.</summary>
    public void Complete(int row, Span<Value> vector) => version.Vector.Complete(Request(row), Found(row), scratch, vector);

    public void Clear()
    {
        Rejected.Clear();
        DefaultedFields.Clear();
        Array.Clear(Faults);
        Array.Clear(Defaulted);
        (Read, Count, Share, EndsPart, Ignored) = (0, 0, 0, false, 0);
    }

    /// <summary>Decides on the scores, and says which of them may not be handed out.</summary>
    public void Judge(AnswerRange range)
    {
        var manifest = version.Scorer.Manifest;
        for (var i = 0; i < Count; i++)
        {
            ref readonly var score = ref scores[i];
            Faults[i] ??= !score.IsFinite ? BatchProblems.NotFinite : !range.Holds(manifest, score) ? BatchProblems.OutOfRange : null;
            Decisions[i] = Faults[i] is null ? version.Rules.Decide(score.Calibrated) : null;
        }
    }
}
