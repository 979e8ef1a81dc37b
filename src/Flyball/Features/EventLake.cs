using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Storage.Journals;
using Flyball.Storage.Lakes;

namespace Flyball.Features;

/// <summary>Events of the journal as Parquet tables, one a source: written up to a horizon, read back as rows in log order.</summary>
public static class EventLake
{
    /// <summary>True in a row that takes back what the rows of its key say; a column of the tables of sources that take corrections.</summary>
    internal const string Retraction = "retraction!";

    /// <summary>An extension writes what follows the horizon it saw, so nobody may move it in between.</summary>
    private static readonly Lock Extending = new();

    /// <summary>
    /// Brings the tables of <paramref name="sources"/> up to <paramref name="upTo"/> and returns their manifests.
    /// Cost: one pass over the part of the journal that is not in the lake yet.
    /// </summary>
    public static IReadOnlyList<LakeManifest> Extend(Journal journal, Lake lake, IReadOnlyCollection<ContractPlan> sources, Horizon upTo)
    {
        var manifests = new List<LakeManifest>(sources.Count);
        foreach (var source in sources.OrderBy(s => s.Source, StringComparer.Ordinal))
        {
            lock (Extending)
            {
                var from = lake.HorizonOf(source.Source);
                if (from < upTo)
                {
                    lake.Extend(source.Source, Columns(source), upTo, writer => Write(journal, source, from, upTo, writer));
                }
            }

            manifests.Add(lake.Manifest(source.Source, upTo));
        }

        return manifests;
    }

    /// <summary>
    /// Reads a table in log order, corrections and retractions as rows of their own. The row array is reused: copy what must outlive the callback.
    /// </summary>
    /// <param name="directory">Where the manifest's files are.</param>
    public static void Read(string directory, LakeManifest manifest, ContractPlan source, Action<RowStamp, RowIdentity, Value[]> onRow)
    {
        // A column that came after the last row of the table is null in all of them.
        var columns = source.Schema.Fields.Select(f => f.Name).Where(name => manifest.Columns.Any(c => c.Name == name)).ToList();
        var placed = columns.Select(source.Schema.IndexOf).ToArray();
        var mark = manifest.Columns.Any(c => c.Name == Retraction) ? columns.Count + 3 : -1;
        using var reader = LakeReader.Open(directory, manifest, mark < 0 ? columns : [.. columns, Retraction]);
        var row = new Value[source.Schema.Fields.Count];
        while (reader.NextChunk() is { } chunk)
        {
            var seqs = chunk.Column<long>(0);
            var eventTimes = chunk.Column<long>(1);
            var knownAts = chunk.Column<long>(2);
            for (var r = 0; r < chunk.RowCount; r++)
            {
                for (var c = 0; c < placed.Length; c++)
                {
                    row[placed[c]] = chunk.IsNull(c + 3, r) ? Value.Null : source.Schema.Fields[placed[c]].Type switch
                    {
                        ScalarType.Boolean => Value.FromBoolean(chunk.Column<bool>(c + 3)[r]),
                        ScalarType.Integer => Value.FromInteger(chunk.Column<long>(c + 3)[r]),
                        ScalarType.Number => Value.FromNumber(chunk.Column<double>(c + 3)[r]),
                        ScalarType.Timestamp => Value.FromTimestamp(chunk.Column<long>(c + 3)[r]),
                        _ => Value.FromText(chunk.Text(c + 3, r)),
                    };
                }

                var isRetraction = mark > 0 && !chunk.IsNull(mark, r) && chunk.Column<bool>(mark)[r];
                onRow(new RowStamp(new EventTime(eventTimes[r]), new KnownAt(knownAts[r]), seqs[r]), source.IdentityOf(row, isRetraction), row);
            }
        }
    }

    private static List<LakeColumn> Columns(ContractPlan source)
    {
        List<LakeColumn> columns = [.. source.Schema.Fields.Select(f => new LakeColumn(f.Name, f.Type switch
        {
            ScalarType.Boolean => LakeType.Boolean,
            ScalarType.Integer => LakeType.Integer,
            ScalarType.Number => LakeType.Number,
            ScalarType.Timestamp => LakeType.Timestamp,
            _ => LakeType.Text,
        }))];
        if (source.TakesCorrections)
        {
            columns.Add(new LakeColumn(Retraction, LakeType.Boolean));
        }

        return columns;
    }

    /// <summary>A row that the present contract cannot read is passed over here as it is by the replay of the log, which counts it.</summary>
    private static void Write(Journal journal, ContractPlan source, Horizon from, Horizon upTo, LakeRowWriter writer)
    {
        var (stream, retractions) = (EventLog.StreamOf(source.Source), EventLog.RetractionsOf(source.Source));
        var row = new Value[source.Schema.Fields.Count];
        var codec = RowCodec.Of(source);
        foreach (var record in journal.Read(from, upTo))
        {
            var isRetraction = source.TakesCorrections && record.Stream == retractions;
            if (record.Stream != stream && !isRetraction)
            {
                continue;
            }

            if (!codec.TryReadStored(record.Payload.Span, row) || (!source.IsTimedByArrival && row[source.EventTimeIndex].IsNull))
            {
                continue;
            }

            writer.Begin(record.Seq, source.EventTimeOf(row, new EventTime(record.KnownAt.Micros)).Micros, record.KnownAt.Micros);
            foreach (var value in row)
            {
                switch (value.Kind)
                {
                    case null:
                        writer.AppendNull();
                        break;
                    case ScalarType.Boolean:
                        writer.Append(value.AsBoolean);
                        break;
                    case ScalarType.Integer:
                        writer.Append(value.AsInteger);
                        break;
                    case ScalarType.Number:
                        writer.Append(value.AsNumber);
                        break;
                    case ScalarType.Timestamp:
                        writer.AppendTimestampMicros(value.AsTimestamp.Micros);
                        break;
                    default:
                        writer.Append(value.AsText);
                        break;
                }
            }

            if (source.TakesCorrections)
            {
                writer.Append(isRetraction);
            }

            writer.End();
        }
    }
}
