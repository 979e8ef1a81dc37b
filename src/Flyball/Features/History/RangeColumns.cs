using System.Buffers.Binary;

namespace Flyball.Features.History;

/// <summary>The values of one range of the spine by column: 64 bits each and whether there is one. Used for one range after the other, by one thread.</summary>
internal sealed class RangeColumns
{
    private readonly int[][] columnOf;
    private readonly int range;
    private readonly long[][] bits;
    private readonly byte[][] present;

    /// <param name="columnOf">Of each lane and each of its values, the column it goes to; -1 for none.</param>
    /// <param name="columns">How many columns there are.</param>
    /// <param name="range">Rows of a range.</param>
    public RangeColumns(int[][] columnOf, int columns, int range)
    {
        (this.columnOf, this.range) = (columnOf, range);
        bits = [.. Enumerable.Range(0, columns).Select(_ => new long[range])];
        present = [.. Enumerable.Range(0, columns).Select(_ => new byte[range])];
    }

    /// <summary>The values of a column; of one that is not there, anything.</summary>
    public ReadOnlySpan<long> Bits(int column) => bits[column];

    /// <summary>0 for null, else 1.</summary>
    public ReadOnlySpan<byte> Present(int column) => present[column];

    /// <summary>Takes the values of a range of ordinals out of the stores. Every row of the range must have some in every store.</summary>
    public void Gather(IReadOnlyList<BlockStore> results, int part)
    {
        for (var lane = 0; lane < results.Count; lane++)
        {
            using var blocks = results[lane].Take(part);
            for (var b = 0; b < blocks.Count; b++)
            {
                var block = blocks[b];
                for (var offset = 0; offset < block.Length; offset += BinaryPrimitives.ReadInt32LittleEndian(block[offset..]))
                {
                    var row = StoredRow.At(block, offset);
                    Put(StoredRow.Cells(row), (int)(StoredRow.Number(row) - ((long)part * range)), columnOf[lane]);
                }
            }
        }
    }

    private void Put(ReadOnlySpan<byte> cells, int at, int[] columns)
    {
        foreach (var column in columns)
        {
            var kind = cells[0];
            var isShort = kind <= CellReader.True;
            if (column >= 0)
            {
                bits[column][at] = isShort ? kind == CellReader.True ? 1 : 0 : BinaryPrimitives.ReadInt64LittleEndian(cells[1..]);
                present[column][at] = kind == CellReader.Null ? (byte)0 : (byte)1;
            }

            cells = cells[(isShort ? 1 : KeyHash.CellBytes)..];
        }
    }
}
