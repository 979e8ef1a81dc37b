using System.Buffers.Binary;
using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Native.DuckDb;
using Flyball.Storage.Lakes;

namespace Flyball.Features.History;

/// <summary>
/// Brings rows of one source from the lake to every lane that takes them: key, stamp and the columns that its plans read, as bytes, no value
/// becoming an object on the way. One thread's; several may read different files.
/// </summary>
internal sealed class LakeIntake
{
    private const int LeadingColumns = 3;

    private readonly string directory;
    private readonly ContractPlan source;
    private readonly LaneIntake[] lanes;
    private readonly BlockWriter[] writers;
    private readonly ChunkColumn[]?[] plain;
    private readonly long latest;
    private readonly RowBytes row = new();
    private readonly Value[] factKey;
    private int mark = -1;

    /// <param name="directory">The lake.</param>
    /// <param name="source">The contract of the table.</param>
    /// <param name="lanes">The lanes of this source.</param>
    /// <param name="latest">No row of the spine has a later instant; events after it are passed over.</param>
    public LakeIntake(string directory, ContractPlan source, IEnumerable<LaneIntake> lanes, EventTime latest)
    {
        (this.directory, this.source, this.latest) = (directory, source, latest.Micros);
        this.lanes = [.. lanes];
        writers = [.. this.lanes.Select(l => new BlockWriter(l.Events))];
        plain = [.. this.lanes.Select(l => IsPlain(l.Lane) ? l.Lane.Columns.Prepend(l.Lane.KeyIndex).Select(_ => new ChunkColumn()).ToArray() : null)];
        factKey = new Value[source.Schema.Fields.Count];
    }

    /// <summary>Rows read, whether or not a lane kept them.</summary>
    public long Rows { get; private set; }

    /// <summary>Reads one snapshot's rows.</summary>
    public void Read(LakeManifest manifest)
    {
        // A column that came after the last row of the table is null in all of them.
        var wanted = lanes.SelectMany(l => l.Lane.Columns.Append(l.Lane.KeyIndex)).Concat(source.TakesCorrections ? source.PrimaryKey : []).Distinct().Order()
            .Where(c => manifest.Columns.Any(known => known.Name == source.Schema.Fields[c].Name)).ToList();
        var places = new int[source.Schema.Fields.Count];
        Array.Fill(places, -1);
        for (var i = 0; i < wanted.Count; i++)
        {
            places[wanted[i]] = i + LeadingColumns;
        }

        var names = wanted.ConvertAll(c => source.Schema.Fields[c].Name);
        mark = -1;
        if (source.TakesCorrections && manifest.Columns.Any(c => c.Name == EventLake.Retraction))
        {
            mark = LeadingColumns + names.Count;
            names.Add(EventLake.Retraction);
        }

        using var reader = LakeReader.Open(directory, manifest, names);
        while (reader.NextChunk() is { } chunk)
        {
            Rows += chunk.RowCount;
            for (var i = 0; i < lanes.Length; i++)
            {
                if (places[lanes[i].Lane.KeyIndex] < 0)
                {
                    // A table without the key's column has nobody's rows.
                }
                else if (plain[i] is { } columns)
                {
                    TakePlain(chunk, places, lanes[i], writers[i], columns);
                }
                else
                {
                    Take(chunk, places, lanes[i], writers[i]);
                }
            }
        }
    }

    /// <summary>Hands over what is left.</summary>
    public void Close()
    {
        foreach (var writer in writers)
        {
            writer.Close();
        }
    }

    private void Take(DuckDbChunk chunk, int[] places, LaneIntake intake, BlockWriter writer)
    {
        var lane = intake.Lane;
        var key = places[lane.KeyIndex];
        var seqs = chunk.Column<long>(0);
        var eventTimes = chunk.Column<long>(1);
        var knownAts = chunk.Column<long>(2);
        var limit = LimitOf(lane);
        for (var r = 0; r < chunk.RowCount; r++)
        {
            // A row with a key may correct one that happened earlier, so it stays whenever it happened.
            var identity = source.TakesCorrections ? IdentityOf(chunk, places, r) : RowIdentity.None;
            if (chunk.IsNull(key, r) || (eventTimes[r] > limit && !identity.IsKeyed))
            {
                continue;
            }

            row.Begin();
            Put(chunk, key, r, source.Schema.Fields[lane.KeyIndex].Type);
            var hash = row.EndKey();
            if (!intake.Keys.Holds(hash))
            {
                continue;
            }

            row.Stamp(new RowStamp(new(eventTimes[r]), new(knownAts[r]), seqs[r]), identity);
            foreach (var column in lane.Columns)
            {
                Put(chunk, places[column], r, source.Schema.Fields[column].Type);
            }

            writer.Append(intake.PartOf(hash), row.End());
        }
    }

    /// <summary>The latest event time that matters to the lane.</summary>
    private long LimitOf(HistoryLane lane) => long.MaxValue - lane.ReachMicros < latest ? long.MaxValue : latest + lane.ReachMicros;

    /// <summary>Most lanes: the key has 64 bits, no column is a text, and rows have no identity. Then a row is written where it stays, at once.</summary>
    private bool IsPlain(HistoryLane lane) => !source.TakesCorrections
        && source.Schema.Fields[lane.KeyIndex].Type is not (ScalarType.Text or ScalarType.Boolean)
        && lane.Columns.All(c => source.Schema.Fields[c].Type != ScalarType.Text);

    private void TakePlain(DuckDbChunk chunk, int[] places, LaneIntake intake, BlockWriter writer, ChunkColumn[] columns)
    {
        var lane = intake.Lane;
        columns[0].Load(chunk, places[lane.KeyIndex], source.Schema.Fields[lane.KeyIndex].Type);
        for (var i = 1; i < columns.Length; i++)
        {
            columns[i].Load(chunk, places[lane.Columns[i - 1]], source.Schema.Fields[lane.Columns[i - 1]].Type);
        }

        var kinds = columns[0].Kinds;
        var keys = columns[0].Bits;
        var seqs = chunk.Column<long>(0);
        var eventTimes = chunk.Column<long>(1);
        var knownAts = chunk.Column<long>(2);
        var limit = LimitOf(lane);
        var most = StoredRow.KeyAt + (KeyHash.CellBytes * columns.Length);
        for (var r = 0; r < chunk.RowCount; r++)
        {
            if (kinds[r] == CellReader.Null || eventTimes[r] > limit)
            {
                continue;
            }

            var hash = KeyHash.Of(kinds[r], keys[r]);
            if (!intake.Keys.Holds(hash))
            {
                continue;
            }

            var part = intake.PartOf(hash);
            var room = writer.Room(part, most);
            StoredRow.Write(room, hash, eventTimes[r], knownAts[r], seqs[r], KeyHash.CellBytes);
            var at = StoredRow.KeyAt;
            foreach (var column in columns)
            {
                at += StoredRow.WriteCell(room[at..], column.Kinds[r], column.Bits[r]);
            }

            BinaryPrimitives.WriteInt32LittleEndian(room, at);
            writer.Commit(part, at);
        }
    }

    private RowIdentity IdentityOf(DuckDbChunk chunk, int[] places, int r)
    {
        foreach (var column in source.PrimaryKey)
        {
            factKey[column] = LakeCell.Read(chunk, places[column], r, source.Schema.Fields[column].Type);
        }

        return source.IdentityOf(factKey, mark >= 0 && !chunk.IsNull(mark, r) && chunk.Column<bool>(mark)[r]);
    }

    private void Put(DuckDbChunk chunk, int place, int r, ScalarType type)
    {
        if (place < 0 || chunk.IsNull(place, r))
        {
            row.PutNull();
            return;
        }

        switch (type)
        {
            case ScalarType.Boolean:
                row.Put(chunk.Column<bool>(place)[r]);
                break;
            case ScalarType.Integer:
                row.PutInteger(chunk.Column<long>(place)[r]);
                break;
            case ScalarType.Number:
                row.PutNumber(chunk.Column<double>(place)[r]);
                break;
            case ScalarType.Timestamp:
                row.PutTimestamp(chunk.Column<long>(place)[r]);
                break;
            default:
                row.PutText(chunk.Utf8(place, r));
                break;
        }
    }
}
