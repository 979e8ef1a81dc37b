namespace Flyball.Training.Onnx;

/// <summary>
/// Which node of one graph reads what which other makes.
/// <list type="number">
/// <item>The names that a node reads and makes are gathered while the graph is read; of a graph inside a node the names that come from outside of it.</item>
/// <item>Nodes of which everything is made are taken away, then those that only needed them, and so on (Kahn 1962).</item>
/// <item>What is left waits for itself: a cycle.</item>
/// </list>
/// Cost: one step for each name.
/// </summary>
/// <param name="most">Names beyond so many are counted and not kept.</param>
internal sealed class OnnxWiring(int most)
{
    private readonly List<List<string>> reads = [];
    private readonly Dictionary<string, int> makers = new(StringComparer.Ordinal);

    private long count;

    /// <summary>There are more names than allowed: what was kept says nothing.</summary>
    public bool IsFull => count > most;

    /// <summary>Names that no node here makes: inputs, constants, and values of the graph around this one.</summary>
    public IEnumerable<string> FromOutside => reads.SelectMany(r => r).Where(n => !makers.ContainsKey(n)).Distinct(StringComparer.Ordinal);

    /// <summary>The names that follow belong to the next node.</summary>
    public void NextNode() => reads.Add([]);

    /// <param name="name">Empty for an optional input that is left out.</param>
    public void Read(string name)
    {
        if (name.Length > 0 && ++count <= most)
        {
            reads[^1].Add(name);
        }
    }

    /// <param name="name">Empty for an optional output that is left out.</param>
    public void Make(string name)
    {
        if (name.Length > 0 && ++count <= most)
        {
            makers[name] = reads.Count - 1;
        }
    }

    public bool HasCycle()
    {
        var waits = new int[reads.Count];
        var readers = new List<int>?[reads.Count];
        for (var node = 0; node < reads.Count; node++)
        {
            foreach (var name in reads[node])
            {
                if (makers.TryGetValue(name, out var maker))
                {
                    (readers[maker] ??= []).Add(node);
                    waits[node]++;
                }
            }
        }

        var free = new Stack<int>(Enumerable.Range(0, waits.Length).Where(n => waits[n] == 0));
        var done = 0;
        while (free.TryPop(out var node))
        {
            done++;
            foreach (var reader in readers[node] ?? [])
            {
                if (--waits[reader] == 0)
                {
                    free.Push(reader);
                }
            }
        }

        return done < waits.Length;
    }
}
