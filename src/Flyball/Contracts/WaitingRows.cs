using System.Runtime.InteropServices;
using Flyball.Contracts.Quality;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts;

/// <summary>
/// Rows of a batch that refer to rows of their own source which are not stored: the parent may stand in the same batch, before or behind them.
/// 1. They wait until the batch is whole. 2. A row whose parent is nowhere is put aside, and with it the rows that waited for it. 3. What is left
/// stays, rows that refer to each other in a circle included, as where a database checks at the end. Not thread-safe.
/// </summary>
internal sealed class WaitingRows
{
    private readonly List<(int Row, ForeignKeyRule Rule, UInt128 Parent)> waiting = [];
    private readonly Dictionary<int, Value[]> values = [];

    public bool IsEmpty => waiting.Count == 0;

    /// <param name="row">Its place among the accepted rows.</param>
    /// <param name="rule">What it has to satisfy.</param>
    /// <param name="parent">The hash it refers to.</param>
    public void Add(int row, ForeignKeyRule rule, UInt128 parent) => waiting.Add((row, rule, parent));

    /// <summary>Keeps the values of a waiting row: it counts when it is known to stay.</summary>
    public void Keep(int row, Value[] given) => values.TryAdd(row, given);

    public Value[] ValuesOf(int row) => values[row];

    /// <summary>The waiting rows, ascending.</summary>
    public IEnumerable<int> Rows => values.Keys.Order();

    /// <summary>The rows that cannot stay, with the rules they break.</summary>
    /// <param name="batch">All of it.</param>
    /// <param name="isKnown">Whether an earlier part of the same file had the row.</param>
    public SortedDictionary<int, List<ForeignKeyRule>> Broken(KeyedRows batch, Func<UInt128, bool> isKnown)
    {
        var present = new Dictionary<UInt128, int>();
        for (var row = 0; row < batch.Rows.Count; row++)
        {
            foreach (var key in KeysOf(batch, row))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(present, key, out _)++;
            }
        }

        var children = waiting.ToLookup(w => w.Parent);
        var broken = new SortedDictionary<int, List<ForeignKeyRule>>();
        var missing = new Queue<UInt128>(children.Select(c => c.Key).Where(key => !present.ContainsKey(key) && !isKnown(key)));
        while (missing.TryDequeue(out var parent))
        {
            foreach (var (row, rule, _) in children[parent])
            {
                if (broken.TryGetValue(row, out var rules))
                {
                    rules.Add(rule);
                    continue;
                }

                broken.Add(row, [rule]);
                foreach (var key in KeysOf(batch, row).Where(key => --present[key] == 0 && !isKnown(key)))
                {
                    missing.Enqueue(key);
                }
            }
        }

        return broken;
    }

    public void Clear()
    {
        waiting.Clear();
        values.Clear();
    }

    /// <summary>All hashes by which a row can be referred to.</summary>
    public static IEnumerable<UInt128> KeysOf(KeyedRows batch, int row)
    {
        if (batch.Columns.HasPrimary)
        {
            yield return batch.Rows[row].Key;
        }

        for (var i = 0; i < batch.Columns.Width; i++)
        {
            if (batch.More[batch.Rows[row].KeysAt + i] is var key && key != UInt128.Zero)
            {
                yield return key;
            }
        }
    }
}
