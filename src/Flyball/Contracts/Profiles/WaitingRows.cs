using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Profiles;

/// <summary>Rows that wait for their day to be opened, each day's in log order. Its owner's gate guards it.</summary>
internal sealed class WaitingRows
{
    private readonly Dictionary<long, List<(long Seq, Value[] Row)>> days = [];

    public int Rows { get; private set; }

    public int Days => days.Count;

    public bool Has(long day) => days.ContainsKey(day);

    public void Add(long day, long seq, Value[] row)
    {
        if (!days.TryGetValue(day, out var rows))
        {
            days.Add(day, rows = []);
        }

        rows.Add((seq, row));
        Rows++;
    }

    /// <summary>The days that have rows, in order.</summary>
    public List<long> InOrder() => [.. days.Keys.Order()];

    /// <summary>Gives a day's rows away; none when it has none.</summary>
    public List<(long Seq, Value[] Row)> Take(long day)
    {
        if (!days.Remove(day, out var rows))
        {
            return [];
        }

        Rows -= rows.Count;
        return rows;
    }
}
