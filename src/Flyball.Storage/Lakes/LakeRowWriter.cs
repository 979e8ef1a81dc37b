using Flyball.Engine.Time;
using Flyball.Native.DuckDb;

namespace Flyball.Storage.Lakes;

/// <summary>
/// Takes the rows of one extension, in order of their sequence numbers: <see cref="Begin"/>, a value for each column, <see cref="End"/>.
/// Allocates nothing per row beyond DuckDB's own memory.
/// </summary>
public sealed class LakeRowWriter
{
    private readonly LakeFileWriter files;
    private readonly Horizon after;
    private readonly Horizon upTo;
    private long last;
    private bool inRow;

    internal LakeRowWriter(LakeFileWriter files, Horizon after, Horizon upTo)
    {
        this.files = files;
        this.after = after;
        this.upTo = upTo;
        last = after.Seq;
    }

    /// <summary>Begins a row.</summary>
    /// <param name="seq">Greater than that of the row before, after the table's horizon, at most the new one.</param>
    /// <param name="eventTimeMicros">When the fact was true, microseconds since the epoch.</param>
    /// <param name="knownAtMicros">When it could first have been used, microseconds since the epoch.</param>
    public void Begin(long seq, long eventTimeMicros, long knownAtMicros)
    {
        if (inRow)
        {
            throw new InvalidOperationException("The row before has not ended.");
        }

        if (seq <= last || seq > upTo.Seq)
        {
            throw new ArgumentOutOfRangeException(nameof(seq), seq, $"Rows go up from {last} (the table has {after}) to {upTo}.");
        }

        files.Room(seq);
        last = seq;
        inRow = true;
        var rows = files.Rows;
        rows.Append(seq);
        rows.AppendTimestampMicros(eventTimeMicros);
        rows.AppendTimestampMicros(knownAtMicros);
    }

    /// <summary>Writes a <see cref="LakeType.Boolean"/>.</summary>
    public void Append(bool value) => Row().Append(value);

    /// <summary>Writes a <see cref="LakeType.Integer"/>.</summary>
    public void Append(long value) => Row().Append(value);

    /// <summary>Writes a <see cref="LakeType.Number"/>.</summary>
    /// <param name="value">Not NaN and not infinite.</param>
    public void Append(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A lake holds finite numbers only.");
        }

        Row().Append(value);
    }

    /// <summary>Writes a <see cref="LakeType.Text"/>; null writes NULL.</summary>
    public void Append(string? value) => Row().Append(value);

    /// <summary>Writes a <see cref="LakeType.Text"/>.</summary>
    public void Append(ReadOnlySpan<byte> utf8) => Row().Append(utf8);

    /// <summary>Writes a <see cref="LakeType.Timestamp"/>.</summary>
    public void AppendTimestampMicros(long micros) => Row().AppendTimestampMicros(micros);

    /// <summary>Writes NULL, in a column of any type.</summary>
    public void AppendNull() => Row().AppendNull();

    /// <summary>Ends the row.</summary>
    /// <exception cref="DuckDbException">A column has no value.</exception>
    public void End()
    {
        Row().EndRow();
        inRow = false;
    }

    internal void Close()
    {
        if (inRow)
        {
            throw new InvalidOperationException("The last row has not ended.");
        }
    }

    private DuckDbAppender Row() => inRow ? files.Rows : throw new InvalidOperationException("No row has begun.");
}
