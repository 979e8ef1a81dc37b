using Flyball.Engine.Expressions;
using Flyball.Serving.Backends;
using Flyball.Training;

namespace Flyball.Serving.Degradation;

/// <summary>
/// Scores requests of one version that are in flight together in one call.
/// <list type="number">
/// <item>A request that is alone, or whose version costs less than the wait, is scored at once, on its own.</item>
/// <item>Otherwise the first one waits a moment for others, up to a number of rows; its thread scores them all, in the order in which they came.</item>
/// <item>A call that fails is made again row by row, so that a bad row fails alone.</item>
/// </list>
/// The first calls of a model that is loaded here are compared with its rows alone, bit for bit: one that differs is not batched again, for an answer must not depend on
/// who else asks. Thread-safe.
/// </summary>
internal sealed class ScoreBatcher(IBatchScorer scorer, BatchingTerms terms, VersionStatistics statistics, TimeProvider time)
{
    /// <summary>Calls that are compared with their rows alone.</summary>
    private const int Compared = 16;

    private readonly Lock gathering = new();
    private GatheredRows? open;
    private int inFlight;
    private int agreed;
    private volatile bool differs;
    private double alone;

    public BatchingTerms Terms => terms;

    /// <summary>Whether rows were found to score otherwise among others.</summary>
    public bool Differs => differs;

    /// <summary>Scores one row, alone or among others.</summary>
    /// <param name="row">The request's own row.</param>
    public Score Score(Value[] vector, Value[] row, Deadline deadline)
    {
        var others = Interlocked.Increment(ref inFlight) > 1;
        try
        {
            return others && IsWorth(deadline) ? Together(vector, deadline) : Alone(vector, row, deadline);
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    }

    /// <summary>Whether a row costs more than the wait, and its time lasts for both.</summary>
    private bool IsWorth(Deadline deadline)
    {
        var cost = Volatile.Read(ref alone);
        return !differs && cost >= terms.WaitMicros && deadline.Left(time).TotalMicroseconds > terms.WaitMicros + cost;
    }

    private Score Alone(Value[] vector, Value[]? row, Deadline deadline)
    {
        var started = time.GetTimestamp();
        var score = scorer.ScoreOne(vector, row, deadline.Left(time));
        var ended = time.GetTimestamp();
        statistics.NoteCall(1, ended - started);
        var (took, seen) = (time.GetElapsedTime(started, ended).TotalMicroseconds, Volatile.Read(ref alone));
        Volatile.Write(ref alone, seen == 0 ? took : seen + (0.1 * (took - seen)));
        return score;
    }

    private Score Together(Value[] vector, Deadline deadline)
    {
        GatheredRows batch;
        int place;
        lock (gathering)
        {
            batch = open ??= new GatheredRows(terms.Most);
            place = batch.Add(vector);
            if (batch.IsFull)
            {
                open = null;
            }
        }

        if (place == 0)
        {
            Gather(batch);
            Run(batch, deadline);
        }

        return batch.Take(place, deadline.Left(time));
    }

    /// <summary>Waits until the batch is full or the wait is over. So short a wait is spent yielding: timers are a hundred times coarser.</summary>
    private void Gather(GatheredRows batch)
    {
        var until = time.GetTimestamp() + (long)(terms.WaitMicros * (time.TimestampFrequency / 1e6));
        var spin = default(SpinWait);
        while (!batch.IsFull && time.GetTimestamp() < until)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        lock (gathering)
        {
            if (ReferenceEquals(open, batch))
            {
                open = null;
            }
        }
    }

    private void Run(GatheredRows batch, Deadline deadline)
    {
        var (rows, started) = (batch.Vectors.Count, time.GetTimestamp());

        // Until there are scores: what ends this otherwise must not leave zeros that look like some.
        batch.FailAll(Unscored);
        try
        {
            scorer.ScoreBatch(batch.Vectors, batch.Scores.AsSpan(0, rows), deadline.Left(time));
            var ended = time.GetTimestamp();
            statistics.NoteCall(rows, ended - started);
            ServingMeters.Batched(scorer.Manifest.Model, rows, (rows * Volatile.Read(ref alone)) - time.GetElapsedTime(started, ended).TotalMicroseconds);
            if (scorer.Kind != RemoteBackend.Name && agreed < Compared)
            {
                Compare(batch, deadline);
            }

            batch.FailAll(null);
        }
        catch (RemoteModelException e) when (e.Reason is RemoteModelException.Timeout or RemoteModelException.Unreachable or RemoteModelException.Busy)
        {
            // Nothing is wrong with a row: asking for each would only add to what is wrong.
            batch.FailAll(e);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            RowByRow(batch, deadline);
        }
        finally
        {
            batch.End();
        }
    }

    private void RowByRow(GatheredRows batch, Deadline deadline)
    {
        for (var i = 0; i < batch.Vectors.Count; i++)
        {
            try
            {
                var started = time.GetTimestamp();
                batch.Scores[i] = scorer.ScoreOne(batch.Vectors[i], null, deadline.Left(time));
                statistics.NoteCall(1, time.GetTimestamp() - started);
                batch.Fail(i, null);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                batch.Fail(i, e);
            }
        }
    }

    private void Compare(GatheredRows batch, Deadline deadline)
    {
        for (var i = 0; i < batch.Vectors.Count; i++)
        {
            var own = scorer.ScoreOne(batch.Vectors[i], null, deadline.Left(time));
            differs |= !IsSame(own, batch.Scores[i]);
            batch.Scores[i] = own;
        }

        Interlocked.Increment(ref agreed);
    }

    private static InvalidOperationException Unscored { get; } = new("The call ended without scores.");

    private static bool IsSame(in Score a, in Score b) =>
        BitConverter.SingleToInt32Bits(a.Raw) == BitConverter.SingleToInt32Bits(b.Raw)
        && BitConverter.DoubleToInt64Bits(a.Calibrated) == BitConverter.DoubleToInt64Bits(b.Calibrated)
        && (a.Probabilities ?? []).AsSpan().SequenceEqual(b.Probabilities ?? []);
}
