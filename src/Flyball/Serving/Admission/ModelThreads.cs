namespace Flyball.Serving.Admission;

/// <summary>
/// Threads of one model's own, for work that was let in while the process's threads are busy looking at requests.
/// <list type="number">
/// <item>A thread is started when work comes and none is free, up to so many as pieces may run at once; what comes beyond is taken by whichever is free first.</item>
/// <item>Work that was let in so waits behind nothing but work that was let in: the system divides the processors between it and the requests that are to be refused.</item>
/// <item>A thread that has had nothing to do for a while ends.</item>
/// </list>
/// Thread-safe. Cost: some ten microseconds until another thread runs.
/// </summary>
/// <param name="model">Whose; the threads are named so.</param>
/// <param name="most">Threads at once.</param>
/// <param name="idle">How long a thread waits for work before it ends.</param>
internal sealed class ModelThreads(string model, int most, TimeSpan idle)
{
    private readonly object gate = new();
    private readonly Queue<IThreadPoolWorkItem> ready = new();
    private int threads;
    private int free;

    /// <summary>Threads there are now.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return threads;
            }
        }
    }

    /// <summary>Has a piece of work done by one of the threads. It must not throw.</summary>
    public void Run(IThreadPoolWorkItem work)
    {
        lock (gate)
        {
            ready.Enqueue(work);
            if (free >= ready.Count)
            {
                Monitor.Pulse(gate);
                return;
            }

            if (threads == most)
            {
                return;
            }

            threads++;
        }

        new Thread(Work) { IsBackground = true, Name = $"flyball model {model}" }.UnsafeStart();
    }

    private void Work()
    {
        while (Take() is { } work)
        {
            work.Execute();
        }
    }

    /// <summary>The next piece; null when there was none for so long that the thread is to end.</summary>
    private IThreadPoolWorkItem? Take()
    {
        lock (gate)
        {
            while (ready.Count == 0)
            {
                free++;
                var told = Monitor.Wait(gate, idle);
                free--;
                if (!told && ready.Count == 0)
                {
                    threads--;
                    return null;
                }
            }

            return ready.Dequeue();
        }
    }
}
