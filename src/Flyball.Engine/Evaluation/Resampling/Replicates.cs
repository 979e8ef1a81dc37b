namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>
/// The replicates of a bootstrap on as many threads as the caller allows.
/// <list type="number">
/// <item>Every replicate has a stream of draws of its own, so that which thread makes it changes nothing.</item>
/// <item>Each thread keeps its list of places and what the work counts in; few row visits stay on the caller's thread.</item>
/// </list>
/// </summary>
internal static class Replicates
{
    /// <summary>Fewer row visits are not worth another thread.</summary>
    private const long VisitsOfAThread = 200_000;

    /// <summary>Makes every replicate; the work returns false when the rest is not needed.</summary>
    /// <param name="resample">Draws all rows there are.</param>
    /// <param name="seed">Of all streams.</param>
    /// <param name="run">How many, and on how many threads.</param>
    /// <param name="scratch">Made once a thread.</param>
    /// <param name="work">Takes the number of a replicate and its places, to be read until it returns.</param>
    public static void Run<T>(Resample resample, ulong seed, (int Count, int Threads) run, Func<T> scratch, Func<int, List<int>, T, bool> work)
    {
        var threads = (int)Math.Clamp((long)resample.Rows * run.Count / VisitsOfAThread, 1, Math.Max(1, run.Threads));
        if (threads == 1)
        {
            var (drawn, own) = (new List<int>(resample.Rows), scratch());
            for (var replicate = 0; replicate < run.Count && One(replicate, drawn, own); replicate++)
            {
            }

            return;
        }

        Parallel.For(
            0,
            run.Count,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => (Drawn: new List<int>(resample.Rows), Own: scratch()),
            (replicate, state, kept) =>
            {
                if (!One(replicate, kept.Drawn, kept.Own))
                {
                    state.Stop();
                }

                return kept;
            },
            static _ => { });

        bool One(int replicate, List<int> drawn, T own)
        {
            var generator = new SeededGenerator(seed, (ulong)replicate);
            resample.Draw(ref generator, drawn);
            return work(replicate, drawn, own);
        }
    }
}
