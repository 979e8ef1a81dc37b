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
                Take(chunk, places, lanes[i], writers[i]);
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
        if (key < 0)
        {
            return;
        }

        var seqs = chunk.Column<long>(0);
        var eventTimes = chunk.Column<long>(1);
        var knownAts = chunk.Column<long>(2);
        var limit = long.MaxValue - lane.ReachMicros < latest ? long.MaxValue : latest + lane.ReachMicros;
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
