using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Native.DuckDb;

namespace Flyball.Features.History;

/// <summary>Reads instants and keys of a spine, and gives every lane its rows.</summary>
internal sealed class SpineKeys
{
    private readonly SpineTable spine;
    private readonly IReadOnlyList<LaneIntake> lanes;
    private readonly ParquetColumn eventTime;
    private readonly ParquetColumn? knownAt;
    private readonly ParquetColumn[] keys;
    private readonly RowBytes row = new();

    public SpineKeys(SpineTable spine, IReadOnlyList<LaneIntake> lanes)
    {
        (this.spine, this.lanes) = (spine, lanes);
        var names = spine.Columns.Select(c => c.Name).ToList();
        _ = spine.Find(SpineTable.EventTime) ?? throw HistoryProblems.NoColumn(spine.Name, SpineTable.EventTime, names, "the instant of each row");
        foreach (var lane in lanes)
        {
            _ = spine.Find(lane.Lane.SpineColumn)
                ?? throw HistoryProblems.NoColumn(spine.Name, lane.Lane.SpineColumn, names, $"which holds keys of {lane.Lane.Source.Source}");
        }

        eventTime = new(spine.Find(SpineTable.EventTime)!, 1);
        knownAt = spine.Find(SpineTable.KnownAt) is { } stated ? new(stated, 2 + lanes.Count) : null;
        keys = [.. lanes.Select((lane, i) => new ParquetColumn(spine.Find(lane.Lane.SpineColumn)!, 2 + i))];
    }

    /// <summary>The latest instant of the rows that were taken; the least there is when none was.</summary>
    public EventTime Latest { get; private set; } = new(long.MinValue);

    /// <summary>Rows that were taken.</summary>
    public long Rows { get; private set; }

    /// <summary>Reads every row; those whose first key is of another bucket are passed over.</summary>
    public void Read(EntityBucket bucket)
    {
        var writers = lanes.Select(l => new BlockWriter(l.Spine)).ToArray();
        var known = knownAt is null ? "" : $", {knownAt.Sql}";
        using var statement = spine.Connection.Prepare($"SELECT rowid, {eventTime.Sql}{string.Concat(keys.Select(k => $", {k.Sql}"))}{known} FROM spine");
        using var rows = statement.Stream();
        while (rows.NextChunk() is { } chunk)
        {
            for (var r = 0; r < chunk.RowCount; r++)
            {
                Take(chunk, r, chunk.Column<long>(0)[r], bucket, writers);
            }
        }

        foreach (var writer in writers)
        {
            writer.Close();
        }
    }

    private void Take(DuckDbChunk chunk, int r, long ordinal, EntityBucket bucket, BlockWriter[] writers)
    {
        var t = TimeOf(eventTime, chunk, r, ordinal) ?? throw HistoryProblems.BadValue(spine.Name, ordinal, SpineTable.EventTime, "is empty", "Give every row the instant it asks about.");
        var known = knownAt is null ? null : TimeOf(knownAt, chunk, r, ordinal);
        for (var i = 0; i < lanes.Count; i++)
        {
            var lane = lanes[i];
            row.Begin();
            PutKey(chunk, i, r, ordinal);
            var hash = row.EndKey();
            if (i == 0 && !bucket.Holds(hash))
            {
                return;
            }

            row.Stamp(t, known ?? 0, ordinal, known is null ? (byte)0 : (byte)1);
            lane.Keys.Add(hash);
            writers[i].Append(lane.PartOf(hash), row.End());
        }

        Rows++;
        Latest = new(Math.Max(Latest.Micros, t));
    }

    private void PutKey(DuckDbChunk chunk, int lane, int r, long ordinal)
    {
        var column = keys[lane];
        if (chunk.IsNull(column.Ordinal, r))
        {
            row.PutNull();
            return;
        }

        var (source, index) = (lanes[lane].Lane.Source, lanes[lane].Lane.KeyIndex);
        var field = source.Fields[index];
        Value key;
        var problem = spine.IsUntyped
            ? ValueReader.Read(field, chunk.Utf8(column.Ordinal, r), out key)
            : column.Read(field, chunk, r, out key);
        if (problem is not null)
        {
            throw HistoryProblems.BadValue(spine.Name, ordinal, column.Name, $"is not of the type that {source.Source} has for {field.Name}, {field.Type}", "Give keys in the type of the contract.");
        }

        row.Put(source.ProtectKey(index, key));
    }

    private long? TimeOf(ParquetColumn column, DuckDbChunk chunk, int r, long ordinal)
    {
        if (chunk.IsNull(column.Ordinal, r))
        {
            return null;
        }

        if (IsFiner(column, chunk, r))
        {
            throw HistoryProblems.BadValue(spine.Name, ordinal, column.Name, "is finer than microseconds", "Round it: an instant that was cut could see a row that it must not, or miss one.");
        }

        return (spine.Find(column.Name)!.Type == DuckDbType.VarChar ? TryReadText(chunk.Utf8(column.Ordinal, r), out var micros) : column.TryReadTime(chunk, r, out micros))
            ? micros
            : throw HistoryProblems.BadValue(spine.Name, ordinal, column.Name, "is no time with an offset", "Write RFC 3339, such as 2026-01-31T13:45:00Z, or a timestamp column.");
    }

    /// <summary>Whether anything stands behind the sixth digit of the second.</summary>
    private bool IsFiner(ParquetColumn column, DuckDbChunk chunk, int r)
    {
        const int NanosPerMicro = 1_000;
        const int SixthDigitEnd = 26;
        switch (spine.Find(column.Name)!.Type)
        {
            case DuckDbType.TimestampNanos:
                return chunk.Column<long>(column.Ordinal)[r] % NanosPerMicro != 0;
            case DuckDbType.VarChar:
                var text = chunk.Utf8(column.Ordinal, r);
                var rest = text.Length > SixthDigitEnd && text[SixthDigitEnd - 7] == '.' ? text[SixthDigitEnd..] : [];
                var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
                return rest[..(digits < 0 ? rest.Length : digits)].ContainsAnyExcept((byte)'0');
            default:
                return false;
        }
    }

    /// <summary>RFC 3339 lets a space stand for the T, and data frames write it so.</summary>
    private static bool TryReadText(ReadOnlySpan<byte> text, out long micros)
    {
        if (text.Length is < 20 or > 64 || text[10] != ' ')
        {
            return Rfc3339.TryRead(text, out micros);
        }

        Span<byte> strict = stackalloc byte[64];
        text.CopyTo(strict);
        strict[10] = (byte)'T';
        return Rfc3339.TryRead(strict[..text.Length], out micros);
    }
}
