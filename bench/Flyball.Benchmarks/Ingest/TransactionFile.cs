using System.Globalization;
using System.Text;

namespace Flyball.Benchmarks.Ingest;

/// <summary>Card payments as CSV, the same bytes for the same number of rows.</summary>
internal static class TransactionFile
{
    internal static void Write(string path, long rows)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        file.Write("transaction_id,event_time,customer_id,terminal_id,amount\n");
        var draw = new Random(7);
        var start = new DateTime(2018, 4, 1, 0, 0, 0, DateTimeKind.Utc);
        Span<char> line = stackalloc char[128];
        for (long i = 0; i < rows; i++)
        {
            line.TryWrite(CultureInfo.InvariantCulture, $"{i},{start.AddSeconds(i * 9):yyyy-MM-ddTHH:mm:ssZ},{draw.Next(5_000)},{draw.Next(10_000)},{draw.Next(1, 25_000) / 100m}\n", out var length);
            file.Write(line[..length]);
        }
    }
}
