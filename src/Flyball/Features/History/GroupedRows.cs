using System.Buffers.Binary;

namespace Flyball.Features.History;

/// <summary>The rows of a part, sorted by the number of their key.</summary>
internal sealed class GroupedRows
{
    private readonly RowPlace[] places;
    private readonly int[] starts;

    private GroupedRows(RowPlace[] places, int[] starts) => (this.places, this.starts) = (places, starts);

    /// <summary>The rows of one key.</summary>
    public Span<RowPlace> this[int group] => places.AsSpan(starts[group], starts[group + 1] - starts[group]);

    /// <param name="blocks">The rows.</param>
    /// <param name="groupOf">The number of a row's key.</param>
    /// <param name="count">How many numbers there are once every row was asked for its own.</param>
    public static GroupedRows Of(TakenBlocks blocks, Func<RowPlace, int> groupOf, Func<int> count)
    {
        var found = new List<(int Group, RowPlace Place)>();
        for (var b = 0; b < blocks.Count; b++)
        {
            var block = blocks[b];
            for (var offset = 0; offset < block.Length; offset += BinaryPrimitives.ReadInt32LittleEndian(block[offset..]))
            {
                var place = new RowPlace(b, offset);
                found.Add((groupOf(place), place));
            }
        }

        var starts = new int[count() + 1];
        foreach (var (group, _) in found)
        {
            starts[group + 1]++;
        }

        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        var next = starts.AsSpan().ToArray();
        var places = new RowPlace[found.Count];
        foreach (var (group, place) in found)
        {
            places[next[group]++] = place;
        }

        return new(places, starts);
    }
}
