using Flyball.Engine.Expressions;
using Flyball.Native.DuckDb;

namespace Flyball.Features.History;

/// <summary>A value in a column of one of our own tables, whose types are those of <see cref="ScalarType"/>.</summary>
internal static class LakeCell
{
    /// <param name="chunk">Rows of the table.</param>
    /// <param name="place">The column, or -1 for one that the table does not have.</param>
    /// <param name="row">The row.</param>
    /// <param name="type">The column's type.</param>
    public static Value Read(DuckDbChunk chunk, int place, int row, ScalarType type) =>
        place < 0 || chunk.IsNull(place, row) ? Value.Null : type switch
        {
            ScalarType.Boolean => Value.FromBoolean(chunk.Column<bool>(place)[row]),
            ScalarType.Integer => Value.FromInteger(chunk.Column<long>(place)[row]),
            ScalarType.Number => Value.FromNumber(chunk.Column<double>(place)[row]),
            ScalarType.Timestamp => Value.FromTimestamp(chunk.Column<long>(place)[row]),
            _ => Value.FromText(chunk.Text(place, row)),
        };
}
