using Flyball.Engine.Expressions;
using Flyball.Training;

namespace Flyball.Serving.Batches;

/// <summary>Some rows on their way from the file to the result, in memory that is used again. One thread has it at a time.</summary>
/// <param name="rows">The most rows.</param>
/// <param name="width">Inputs of the model.</param>
/// <param name="kept">Columns that are carried along.</param>
internal sealed class ScoreBatch(int rows, int width, int kept)
{
    private readonly Score[] scores = new Score[rows];

    public float[] Inputs { get; } = new float[(long)rows * width];

    /// <summary>The columns carried along, row after row.</summary>
    public Value[] Kept { get; } = new Value[(long)rows * kept];

    /// <summary>The place of each good row in the file, from 1.</summary>
    public long[] Places { get; } = new long[rows];

    public long?[] Lines { get; } = new long?[rows];

    public List<RejectedRow> Rejected { get; } = [];

    /// <summary>Rows read, good and bad.</summary>
    public int Read { get; set; }

    /// <summary>Good rows.</summary>
    public int Count { get; set; }

    public double Share { get; set; }

    /// <summary>The last of its part: a checkpoint follows.</summary>
    public bool EndsPart { get; set; }

    public ReadOnlySpan<Score> Scores => scores.AsSpan(0, Count);

    public void Clear()
    {
        Rejected.Clear();
        (Read, Count, Share, EndsPart) = (0, 0, 0, false);
    }

    /// <summary>Runs the model over the good rows.</summary>
    public void Run(BundleScorer scorer) => scorer.ScoreMany(Inputs.AsSpan(0, Count * width), scores.AsSpan(0, Count));
}
