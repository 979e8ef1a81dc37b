using System.Runtime.InteropServices;

namespace Flyball.Training.Onnx;

/// <summary>
/// Which node calls which function, gathered while the model is read and judged at the end, since a function may stand
/// behind its callers. Few functions that call each other twice unfold to billions of nodes: unfolded nodes are counted.
/// </summary>
internal sealed class OnnxFunctions(OnnxLimits limits, OnnxRefusals problems)
{
    /// <summary>Owner of the nodes outside any function; no function has this key.</summary>
    public const string MainGraph = "";

    private const int MaxCallDepth = 32;

    private readonly Dictionary<string, Dictionary<string, Callee>> calls = new(StringComparer.Ordinal);
    private readonly HashSet<string> declared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> sizes = new(StringComparer.Ordinal);

    private int nodes;

    /// <summary>There are more nodes than allowed: the rest need not be read.</summary>
    public bool IsFull => nodes > limits.Nodes;

    public void Declare(string key)
    {
        if (declared.Count >= limits.Nodes)
        {
            problems.Add(OnnxProblems.TooMany("functions", limits.Nodes));
            return;
        }

        if (!declared.Add(key))
        {
            problems.Add(OnnxProblems.Malformed("the model", "Two functions have the same name."));
        }
    }

    /// <summary>False when there are too many nodes to keep; the model is refused then.</summary>
    public bool Call(string owner, string key, string domain, string operation)
    {
        if (++nodes > limits.Nodes)
        {
            problems.Add(OnnxProblems.TooMany("nodes", limits.Nodes));
            return false;
        }

        ref var called = ref CollectionsMarshal.GetValueRefOrAddDefault(calls, owner, out _);
        called ??= new(StringComparer.Ordinal);
        ref var callee = ref CollectionsMarshal.GetValueRefOrAddDefault(called, key, out var seen);
        callee = seen ? callee with { Count = callee.Count + 1 } : new(domain, operation, 1);
        return true;
    }

    /// <summary>Judges domains, operators and calls, and gives the number of nodes with functions unfolded.</summary>
    public long Expand()
    {
        foreach (var (key, callee) in calls.Values.SelectMany(c => c))
        {
            if (!declared.Contains(key) && !OnnxOperators.IsAllowed(callee.Domain, callee.Operation))
            {
                problems.Add(OnnxOperators.IsAllowedDomain(callee.Domain)
                    ? OnnxProblems.Operator(callee.Domain, callee.Operation)
                    : OnnxProblems.Domain(callee.Domain));
            }
        }

        // A function nobody calls is unfolded too: nothing in the file goes unjudged.
        foreach (var key in declared)
        {
            SizeOf(key, 0);
        }

        var total = SizeOf(MainGraph, 0);
        if (total > limits.Nodes)
        {
            problems.Add(OnnxProblems.TooMany("nodes", limits.Nodes));
        }

        return total;
    }

    private long SizeOf(string owner, int depth)
    {
        if (sizes.TryGetValue(owner, out var known))
        {
            return known;
        }

        if (depth > MaxCallDepth)
        {
            problems.Add(OnnxProblems.Recursion(owner.Replace('\n', ' ')));
            return 0;
        }

        long size = 0;
        foreach (var (key, callee) in calls.GetValueOrDefault(owner) ?? [])
        {
            var each = declared.Contains(key) ? SizeOf(key, depth + 1) : 1;

            // Saturates just above the limit, so that no product overflows.
            size = Math.Min(size + Math.Min(each, limits.Nodes + 1L) * callee.Count, limits.Nodes + 1L);
        }

        sizes[owner] = size;
        return size;
    }

    private readonly record struct Callee(string Domain, string Operation, long Count);
}
