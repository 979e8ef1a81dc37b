using System.Globalization;
using Flyball.Native.DuckDb;
using Flyball.Storage.Lakes;
using Flyball.Engine.Time;

namespace Flyball.Benchmarks.History;

/// <summary>The files that every contender reads: a lake of events, whose known_at is their event time, and a spine; all made by formula, so that they are the same everywhere.</summary>
/// <param name="Folder">Where they lie.</param>
/// <param name="Events">How many events.</param>
/// <param name="SpineRows">How many rows the spine has.</param>
/// <param name="Entities">How many entities there are; events fall on them unevenly.</param>
internal sealed record HistoryFiles(string Folder, long Events, long SpineRows, long Entities)
{
    private const long Start = 1_700_000_000_000_000;
    private const long Span = 90L * Clock.MicrosPerDay;

    public string Lake => Path.Combine(Folder, "lake");

    public string Spine => Path.Combine(Folder, "spine.parquet");

    /// <summary>As SQL names them all.</summary>
    public string EventsGlob => Path.Combine(Lake, "payments", "*.parquet");

    /// <summary>Writes what is not there yet, and gives the manifest of the table.</summary>
    public LakeManifest Prepare()
    {
        Directory.CreateDirectory(Folder);
        if (!File.Exists(Spine))
        {
            WriteSpine();
        }

        using var lake = Storage.Lakes.Lake.Open(Lake);
        if (lake.HorizonOf("payments").Seq < Events)
        {
            lake.Extend("payments", [new("event_time", LakeType.Timestamp), new("customer_id", LakeType.Integer), new("amount", LakeType.Number)], new Horizon(Events), WriteEvents);
        }

        return lake.Manifest("payments", new Horizon(Events));
    }

    private void WriteEvents(LakeRowWriter writer)
    {
        var random = new Random(11);
        for (long seq = 1; seq <= Events; seq++)
        {
            // Log order is the order of time but for some: one row in a hundred comes up to an hour late.
            var time = Start + (long)((double)seq / Events * Span) - (random.Next(100) == 0 ? random.NextInt64(3_600_000_000) : 0);
            writer.Begin(seq, time, time);
            writer.AppendTimestampMicros(time);
            writer.Append(Entity(random));
            writer.Append(Math.Round(Math.Exp((random.NextDouble() * 4) + 1), 2));
            writer.End();
        }
    }

    private void WriteSpine()
    {
        var random = new Random(13);
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        connection.Execute("CREATE TABLE spine (row BIGINT, customer_id BIGINT, event_time TIMESTAMP)");
        using (var rows = connection.Appender("spine"))
        {
            for (long row = 0; row < SpineRows; row++)
            {
                rows.Append(row);
                rows.Append(Entity(random));
                rows.AppendTimestampMicros(Start + random.NextInt64(Span));
                rows.EndRow();
            }

            rows.Close();
        }

        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"COPY spine TO '{Spine}' (FORMAT parquet, COMPRESSION zstd)"));
    }

    /// <summary>Some entities have ten times the events of others.</summary>
    private long Entity(Random random)
    {
        var share = random.NextDouble();
        return (long)(share * share * Entities);
    }
}
