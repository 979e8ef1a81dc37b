using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Serving.Batches;

/// <summary>
/// From a file to inputs of a model, by what live requests go through: the contract's reader, the compiled feature vector, the version's encoder. A row
/// that breaks the contract is put aside with its reasons. One pass; memory does not grow with the file. Not thread-safe.
/// </summary>
internal sealed class BatchReader : IDisposable
{
    private readonly ServedVersion version;
    private readonly ScoreColumns columns;
    private readonly EventFile file;
    private readonly RowProblems problems = new();
    private readonly Value[] row;
    private readonly Value[] scratch;
    private readonly Value[] vector;
    private readonly int width;

    /// <exception cref="Engine.Problems.FlyballException">FLY3004: the file cannot be read, or its columns do not fit the contract of requests.</exception>
    public BatchReader(ServedVersion version, ScoreColumns columns, string path)
    {
        (this.version, this.columns) = (version, columns);
        file = EventFile.Open(path, new EventFileTerms(version.Vector.Request, CountsLines: true, Unknown: version.UnknownColumn));
        row = new Value[version.Vector.RequestWidth];
        scratch = new Value[version.Vector.ScratchWidth];
        vector = new Value[version.Vector.Columns.Count];
        width = version.Scorer.Encoder.Width;
    }

    public void Skip(long rows, CancellationToken cancellation) => file.Skip(rows, cancellation);

    /// <summary>Fills a batch; false when the file ended before it was full.</summary>
    /// <param name="batch">Cleared.</param>
    /// <param name="most">How many rows are read.</param>
    public bool Fill(ScoreBatch batch, int most)
    {
        var full = true;
        while (batch.Read < most && (full = file.TryRead(row, problems)))
        {
            batch.Read++;
            if (problems.Count > 0)
            {
                batch.Rejected.Add(new RejectedRow(file.Rows, file.Line, problems.ToList()));
            }
            else
            {
                Take(batch);
            }
        }

        batch.Share = file.Share;
        return full;
    }

    public void Dispose() => file.Dispose();

    private void Take(ScoreBatch batch)
    {
        var at = batch.Count++;
        version.Vector.Complete(row, [], scratch, vector);
        version.Scorer.Encoder.Encode(vector, batch.Inputs.AsSpan(at * width, width));
        var kept = batch.Kept.AsSpan(at * columns.Kept.Count, columns.Kept.Count);
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = row[columns.Kept[i]];
        }

        (batch.Places[at], batch.Lines[at]) = (file.Rows, file.Line);
    }
}
