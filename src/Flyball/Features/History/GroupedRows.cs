namespace Flyball.Features.History;

/// <summary>The rows of a part, sorted by the number of their key. Used for one part after the other.</summary>
internal sealed class GroupedRows
{
    private int[] groups = new int[1024];
    private RowPlace[] found = new RowPlace[1024];
    private RowPlace[] places = [];
    private int[] starts = [];
    private int count;

    /// <summary>The rows of one key.</summary>
    public Span<RowPlace> this[int group] => places.AsSpan(starts[group], starts[group + 1] - starts[group]);

    /// <summary>Forgets the part before.</summary>
    public void Clear() => count = 0;

    public void Add(int group, RowPlace place)
    {
        if (count == groups.Length)
        {
            Array.Resize(ref groups, count * 2);
            Array.Resize(ref found, count * 2);
        }

        groups[count] = group;
        found[count++] = place;
    }

    /// <summary>Sorts what was added; rows of one key stay in the order in which they came.</summary>
    /// <param name="keys">How many numbers there are.</param>
    public void Sort(int keys)
    {
        if (starts.Length < keys + 2)
        {
            starts = new int[(keys + 2) * 2];
        }

        if (places.Length < count)
        {
            places = new RowPlace[groups.Length];
        }

        // Counted one place further on, so that filling moves every start to where it belongs.
        Array.Clear(starts);
        for (var i = 0; i < count; i++)
        {
            starts[groups[i] + 2]++;
        }

        for (var group = 2; group <= keys + 1; group++)
        {
            starts[group] += starts[group - 1];
        }

        for (var i = 0; i < count; i++)
        {
            places[starts[groups[i] + 1]++] = found[i];
        }
    }
}
