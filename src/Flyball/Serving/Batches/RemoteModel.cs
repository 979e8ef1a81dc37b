using System.Runtime.ExceptionServices;
using Flyball.Engine.Expressions;
using Flyball.Serving.Backends;
using Flyball.Serving.Degradation;
using Flyball.Training;

namespace Flyball.Serving.Batches;

/// <summary>
/// A model on another server.
/// <list type="number">
/// <item>A few rows go in one request, and some requests are on their way at once; each has the time that the model file gives an answer.</item>
/// <item>When a request fails, each of its rows is asked for alone, once: what still has no score is put aside with the reason.</item>
/// <item>When too many fail, the breaker opens and the scoring ends: it goes on from its last checkpoint when the other side answers again.</item>
/// </list>
/// </summary>
internal sealed class RemoteModel(ServedVersion version, RemoteBackend backend, int rowsAtOnce, Breaker breaker) : IBatchModel
{
    /// <summary>Requests of one batch that are on their way at once. Times the threads that score, fewer than may wait.</summary>
    private const int AtOnce = 8;

    public void Score(ScoreBatch batch)
    {
        // Vectors are made first: the batch's own scratch row is for one thread.
        var vectors = new Value[batch.Count][];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = new Value[version.Vector.Columns.Count];
            batch.Complete(i, vectors[i]);
        }

        var groups = (vectors.Length + rowsAtOnce - 1) / rowsAtOnce;
        try
        {
            Parallel.For(0, groups, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, group => ScoreGroup(batch, vectors, group * rowsAtOnce));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private void ScoreGroup(ScoreBatch batch, Value[][] vectors, int first)
    {
        var count = Math.Min(rowsAtOnce, vectors.Length - first);
        var asked = new Asked(backend, new ArraySegment<Value[]>(vectors, first, count), new Score[count]);
        if (count > 1 && breaker.Try(asked, static a => a.Together()))
        {
            asked.Scores.CopyTo(batch.Scores[first..]);
            return;
        }

        for (var i = 0; i < count; i++)
        {
            var alone = new Asked(backend, new ArraySegment<Value[]>(vectors, first + i, 1), new Score[1]);
            if (breaker.Try(alone, static a => a.Alone()))
            {
                batch.Scores[first + i] = alone.Scores[0];
                continue;
            }

            if (alone.Reason is null || breaker.IsOpen)
            {
                throw BatchProblems.Silent(version.Model);
            }

            batch.Faults[first + i] = BatchProblems.Unanswered(alone.Reason);
        }
    }

    /// <summary>Some rows, and what came of asking.</summary>
    private sealed class Asked(RemoteBackend backend, ArraySegment<Value[]> vectors, Score[] scores)
    {
        public Score[] Scores => scores;

        /// <summary>Why there is no score; null as long as nobody was asked.</summary>
        public string? Reason { get; private set; }

        public bool Together() => Ask(() => backend.ScoreBatch(vectors, scores));

        public bool Alone() => Ask(() => scores[0] = backend.ScoreOne(vectors[0]));

        private bool Ask(Action ask)
        {
            try
            {
                Reason = "no answer";
                ask();
                return true;
            }
            catch (RemoteModelException e)
            {
                Reason = e.Reason;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Whatever the other side brings about is a failure of these rows.
                Reason = e.GetType().Name;
            }

            return false;
        }
    }
}
