using System.Runtime.InteropServices;
using Flyball.Engine.Expressions;
using Flyball.Native.DuckDb;

namespace Flyball.Features.History;

/// <summary>The cells of one column of a chunk: a kind and 64 bits each, taken over column by column because asking for each value costs more than the value.</summary>
internal sealed class ChunkColumn
{
    private const int MostRows = 2048;

    private readonly byte[] kinds = new byte[MostRows];
    private readonly long[] bits = new long[MostRows];

    /// <summary>What each row has, as <see cref="CellReader"/> tells them apart.</summary>
    public ReadOnlySpan<byte> Kinds => kinds;

    /// <summary>The value, where the kind has one.</summary>
    public ReadOnlySpan<long> Bits => bits;

    /// <param name="chunk">The rows.</param>
    /// <param name="place">The column, or -1 for one that the table does not have.</param>
    /// <param name="type">Any but text.</param>
    public void Load(DuckDbChunk chunk, int place, ScalarType type)
    {
        var rows = chunk.RowCount;
        if (place < 0)
        {
            kinds.AsSpan(0, rows).Clear();
            return;
        }

        if (type == ScalarType.Boolean)
        {
            var flags = chunk.Column<bool>(place);
            for (var r = 0; r < rows; r++)
            {
                kinds[r] = flags[r] ? CellReader.True : CellReader.False;
            }
        }
        else
        {
            var values = type == ScalarType.Number ? MemoryMarshal.Cast<double, long>(chunk.Column<double>(place)) : chunk.Column<long>(place);
            values.CopyTo(bits);
            kinds.AsSpan(0, rows).Fill(type switch
            {
                ScalarType.Integer => CellReader.Integer,
                ScalarType.Number => CellReader.Number,
                _ => CellReader.Timestamp,
            });
        }

        if (chunk.MayHoldNulls(place))
        {
            for (var r = 0; r < rows; r++)
            {
                if (chunk.IsNull(place, r))
                {
                    kinds[r] = CellReader.Null;
                }
            }
        }
    }
}
