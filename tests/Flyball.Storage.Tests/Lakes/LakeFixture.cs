using Flyball.Engine.Time;
using Flyball.Storage.Lakes;

namespace Flyball.Storage.Tests.Lakes;

/// <summary>A lake in a folder of its own, with rows that are a function of their sequence number.</summary>
internal sealed class LakeFixture : IDisposable
{
    public static readonly LakeColumn[] Columns =
    [
        new("flag", LakeType.Boolean),
        new("count", LakeType.Integer),
        new("amount", LakeType.Number),
        new("customer id", LakeType.Text),
        new("paid_at", LakeType.Timestamp),
    ];

    public LakeFixture(LakeOptions? options = null)
    {
        Options = options ?? new LakeOptions { RowsPerFile = 1000 };
        Lake = Lake.Open(Root, Options);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("flyball-lake-").FullName;

    public LakeOptions Options { get; }

    public Lake Lake { get; private set; }

    public void Reopen()
    {
        Lake.Dispose();
        Lake = Lake.Open(Root, Options);
    }

    public void Dispose()
    {
        Lake.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    public LakeManifest Extend(string table, long from, long upTo) =>
        Lake.Extend(table, Columns, new Horizon(upTo), w => Write(w, from, upTo));

    public static void Write(LakeRowWriter writer, long from, long upTo)
    {
        for (var seq = from; seq <= upTo; seq++)
        {
            Row(writer, seq);
        }
    }

    public static void Row(LakeRowWriter writer, long seq)
    {
        writer.Begin(seq, EventTimeOf(seq), KnownAtOf(seq));
        writer.Append(seq % 2 == 0);
        writer.Append(seq * 3);
        writer.Append(seq / 4.0);
        if (seq % 5 == 0)
        {
            writer.AppendNull();
        }
        else
        {
            writer.Append(CustomerOf(seq));
        }

        writer.AppendTimestampMicros(seq * 7);
        writer.End();
    }

    public static long EventTimeOf(long seq) => 1_700_000_000_000_000 + (seq * 1000);

    public static long KnownAtOf(long seq) => EventTimeOf(seq) + 5;

    public static string CustomerOf(long seq) => $"customer number {seq % 97}, of Zürich";

    /// <summary>Reads all columns and checks every value; answers the sequence numbers.</summary>
    public static List<long> ReadAll(LakeReader reader)
    {
        var seqs = new List<long>();
        while (reader.NextChunk() is { } chunk)
        {
            for (var r = 0; r < chunk.RowCount; r++)
            {
                var seq = chunk.Column<long>(0)[r];
                seqs.Add(seq);
                Assert.Equal(EventTimeOf(seq), chunk.Column<long>(1)[r]);
                Assert.Equal(KnownAtOf(seq), chunk.Column<long>(2)[r]);
                Assert.Equal(seq % 2 == 0, chunk.Column<bool>(3)[r]);
                Assert.Equal(seq * 3, chunk.Column<long>(4)[r]);
                Assert.Equal(seq / 4.0, chunk.Column<double>(5)[r]);
                Assert.Equal(seq % 5 == 0, chunk.IsNull(6, r));
                Assert.Equal(seq % 5 == 0 ? "" : CustomerOf(seq), chunk.Text(6, r));
                Assert.Equal(seq * 7, chunk.Column<long>(7)[r]);
            }
        }

        return seqs;
    }

    public List<long> ReadAll(LakeManifest manifest)
    {
        using var reader = Lake.Read(manifest, [.. Columns.Select(c => c.Name)]);
        return ReadAll(reader);
    }

    public string[] FilesOf(string table) =>
        [.. Directory.GetFiles(Path.Combine(Root, table)).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
}
