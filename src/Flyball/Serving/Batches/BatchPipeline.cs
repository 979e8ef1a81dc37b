using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Flyball.Training;

namespace Flyball.Serving.Batches;

/// <summary>
/// Two threads over a few batches that go round: the caller's fills them, another one scores them and keeps the results. Whoever fails ends both,
/// and the caller meets the reason.
/// </summary>
internal sealed class BatchPipeline(ServedVersion version, BatchTerms terms, BatchFolder folder, BatchTable table, Action<BatchStep>? progress) : IDisposable
{
    /// <summary>One that is filled, one that is scored, and one between.</summary>
    private const int Batches = 3;

    private readonly long skipped = folder.Parts.Sum(p => p.Rows);
    private readonly BlockingCollection<ScoreBatch> free = [];
    private readonly BlockingCollection<ScoreBatch> full = [];
    private readonly CancellationTokenSource ending = new();
    private ExceptionDispatchInfo? failure;

    /// <param name="reader">Stands behind the last part that counts.</param>
    /// <param name="columns">Of the result.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public void Run(BatchReader reader, ScoreColumns columns, CancellationToken cancellation)
    {
        for (var i = 0; i < Batches; i++)
        {
            free.Add(new ScoreBatch(terms.BatchRows, version.Scorer.Encoder.Width, columns.Kept.Count), CancellationToken.None);
        }

        var scoring = new Thread(ScoreAll) { IsBackground = true, Name = "flyball scoring" };
        scoring.Start();
        try
        {
            ReadAll(reader, cancellation);
        }
        catch (OperationCanceledException) when (failure is not null)
        {
            // The other thread ended first: its reason is thrown below.
        }
        finally
        {
            full.CompleteAdding();
            scoring.Join();
        }

        failure?.Throw();
    }

    public void Dispose()
    {
        free.Dispose();
        full.Dispose();
        ending.Dispose();
    }

    private void ReadAll(BatchReader reader, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, ending.Token);
        var inPart = 0L;
        var begun = skipped > 0;
        for (var more = true; more;)
        {
            var batch = free.Take(either.Token);
            batch.Clear();
            more = reader.Fill(batch, terms.BatchRows);
            if (terms.IsStrict && batch.Rejected.Count > 0)
            {
                throw BatchProblems.Strict(Path.GetFileName(terms.Input), batch.Rejected[0]);
            }

            inPart += batch.Read;
            batch.EndsPart = more ? inPart == terms.PartRows : inPart > 0 || !begun;
            begun |= batch.EndsPart;
            inPart = batch.EndsPart ? 0 : inPart;
            full.Add(batch, either.Token);
        }
    }

    private void ScoreAll()
    {
        try
        {
            var (part, rejected) = (0L, 0L);
            foreach (var batch in full.GetConsumingEnumerable(CancellationToken.None))
            {
                batch.Run((BundleScorer)version.Scorer);
                table.Add(batch);
                RefuseUnscored(batch);
                (part, rejected) = (part + batch.Read, rejected + batch.Rejected.Count);
                if (batch.EndsPart)
                {
                    Keep(new BatchPart(part, rejected));
                    (part, rejected) = (0, 0);
                }

                Tell(batch, part, rejected);
                free.Add(batch, CancellationToken.None);
            }
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
            ending.Cancel();
        }
    }

    private void RefuseUnscored(ScoreBatch batch)
    {
        if (terms.IsStrict && batch.Rejected.Count > 0)
        {
            throw BatchProblems.Strict(Path.GetFileName(terms.Input), batch.Rejected[0]);
        }
    }

    private void Keep(BatchPart part)
    {
        table.Write(folder.ScoredFile(folder.Parts.Count), folder.RejectedFile(folder.Parts.Count));
        folder.Keep(part);
    }

    private void Tell(ScoreBatch batch, long part, long rejected) => progress?.Invoke(new BatchStep(
        folder.Parts.Sum(p => p.Rows) + part, folder.Parts.Sum(p => p.Rejected) + rejected, skipped, batch.Share, batch.EndsPart));
}
