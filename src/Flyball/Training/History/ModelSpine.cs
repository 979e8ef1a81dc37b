using Flyball.Contracts;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Features.History;
using Flyball.Storage.Lakes;

namespace Flyball.Training.History;

/// <summary>
/// The requests of a model as a spine: each row of the request source as it first came, once its label can be told, which is when the horizon's time
/// has passed the end of the label's window. The horizon's time is the latest known_at up to it, so that it follows from the log alone.
/// </summary>
internal static class ModelSpine
{
    private const string Seq = "seq";

    /// <summary>What the spine calls the columns of a request.</summary>
    public static IReadOnlyList<string> ColumnsOf(ContractPlan request) =>
        [.. request.Schema.Fields.Select((f, i) => IsOurs(f.Name) && !(i == request.EventTimeIndex && f.Name == SpineTable.EventTime) ? f.Name + "_source" : f.Name)];

    /// <summary>The latest known_at of the tables, in microseconds. Cost: one pass over that column.</summary>
    public static KnownAt TimeOf(string lakeDirectory, IEnumerable<LakeManifest> tables)
    {
        var latest = long.MinValue;
        foreach (var table in tables)
        {
            using var reader = LakeReader.Open(lakeDirectory, table, []);
            while (reader.NextChunk() is { } chunk)
            {
                foreach (var known in chunk.Column<long>(2))
                {
                    latest = Math.Max(latest, known);
                }
            }
        }

        return new(latest);
    }

    /// <summary>Fills the table of the spine from the lake.</summary>
    /// <param name="model">Whose requests.</param>
    /// <param name="lakeDirectory">The lake.</param>
    /// <param name="table">The snapshot of the request source.</param>
    /// <param name="asOf">The horizon's time.</param>
    /// <param name="directory">The run's folder.</param>
    /// <param name="options">Threads and memory.</param>
    public static SpineTable Open(ModelPlan model, string lakeDirectory, LakeManifest table, KnownAt asOf, string directory, HistoryOptions options)
    {
        var request = model.Vector.Request;
        var names = ColumnsOf(request);
        var own = Enumerable.Range(0, names.Count).Where(i => names[i] != SpineTable.EventTime).ToList();
        var columns = own.Select(i => $", {SpineTable.Quoted(names[i])} {SpineTable.SqlTypeOf(request.Schema.Fields[i].Type)}");
        return SpineTable.Create($"the requests of {model.Name}", directory, false, options, db =>
        {
            db.Execute($"CREATE TABLE spine ({Seq} BIGINT, {SpineTable.EventTime} TIMESTAMP{string.Concat(columns)})");
            using var rows = db.Appender("spine");
            var requested = new HashSet<UInt128>();
            EventLake.Read(lakeDirectory, table, request, (stamp, identity, row) =>
            {
                if ((identity.IsKeyed && !requested.Add(identity.Key)) || stamp.EventTime.Micros > asOf.Micros - model.Definition.Label.WindowMicros)
                {
                    return;
                }

                rows.Append(stamp.Seq);
                rows.AppendTimestampMicros(stamp.EventTime.Micros);
                foreach (var i in own)
                {
                    SpineTable.Append(rows, row[i], request.Schema.Fields[i].Type);
                }

                rows.EndRow();
            });
            rows.Close();
        });
    }

    private static bool IsOurs(string name) =>
        name.Equals(Seq, StringComparison.OrdinalIgnoreCase) || name.Equals(SpineTable.EventTime, StringComparison.OrdinalIgnoreCase)
        || name.Equals(SpineTable.KnownAt, StringComparison.OrdinalIgnoreCase) || name.Equals(SpineTable.Ordinal, StringComparison.OrdinalIgnoreCase)
        || name.Equals(ModelShape.Label, StringComparison.OrdinalIgnoreCase);
}
