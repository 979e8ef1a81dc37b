using System.Globalization;
using System.IO.Compression;
using System.Text;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Server.Simulation;

/// <summary>The two files of the fraud data: gzipped CSV with a header, times in RFC 3339 with Z, rows in order of time.</summary>
public static class FraudFiles
{
    /// <summary>The usual name of the file of payments.</summary>
    public const string Transactions = "transactions.csv.gz";

    /// <summary>The usual name of the file of reports.</summary>
    public const string Reports = "fraud_reports.csv.gz";

    private const string TransactionHeader = "transaction_id,event_time,customer_id,terminal_id,amount";
    private const string ReportHeader = "transaction_id,event_time,is_fraud";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Writes payments beside the target and renames, so that a file that is there is whole. Returns how many rows.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static long WriteTransactions(string path, IEnumerable<FraudTransaction> transactions) =>
        Write(path, TransactionHeader, transactions, static (t, line) => line
            .Append(CultureInfo.InvariantCulture, $"{t.TransactionId},")
            .Append(t.EventTime.ToDateTimeOffset().ToString(TimeFormat, CultureInfo.InvariantCulture))
            .Append(CultureInfo.InvariantCulture, $",{t.CustomerId},{t.TerminalId},{t.Amount:F2}"));

    /// <summary>Writes reports like <see cref="WriteTransactions"/>. Returns how many rows.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static long WriteReports(string path, IEnumerable<FraudReport> reports) =>
        Write(path, ReportHeader, reports, static (r, line) => line
            .Append(CultureInfo.InvariantCulture, $"{r.TransactionId},")
            .Append(r.EventTime.ToDateTimeOffset().ToString(TimeFormat, CultureInfo.InvariantCulture))
            .Append(r.IsFraud ? ",1" : ",0"));

    /// <summary>Reads payments while they are enumerated.</summary>
    /// <exception cref="FlyballException">FLY7002: a line is not what the header promises.</exception>
    public static IEnumerable<FraudTransaction> ReadTransactions(string path) =>
        Read(path, TransactionHeader, static cells => new FraudTransaction(
            long.Parse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture),
            Time(cells[1]),
            int.Parse(cells[2], NumberStyles.None, CultureInfo.InvariantCulture),
            int.Parse(cells[3], NumberStyles.None, CultureInfo.InvariantCulture),
            decimal.Parse(cells[4], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)));

    /// <summary>Reads reports while they are enumerated.</summary>
    /// <exception cref="FlyballException">FLY7002: a line is not what the header promises.</exception>
    public static IEnumerable<FraudReport> ReadReports(string path) =>
        Read(path, ReportHeader, static cells => new FraudReport(
            long.Parse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture),
            Time(cells[1]),
            cells[2] switch { "1" => true, "0" => false, _ => throw new FormatException("is_fraud is neither 0 nor 1") }));

    private static EventTime Time(string cell) => EventTime.From(
        DateTimeOffset.ParseExact(cell, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    private static long Write<T>(string path, string header, IEnumerable<T> rows, Action<T, StringBuilder> append)
    {
        var unfinished = path + ".part";
        var count = 0L;
        using (var file = File.Create(unfinished))
        using (var zip = new GZipStream(file, CompressionLevel.Optimal))
        using (var text = new StreamWriter(zip, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16))
        {
            text.Write(header);
            text.Write('\n');
            StringBuilder line = new();
            foreach (var row in rows)
            {
                append(row, line.Clear());
                text.Write(line.Append('\n'));
                count++;
            }
        }

        File.Move(unfinished, path, overwrite: true);
        return count;
    }

    private static IEnumerable<T> Read<T>(string path, string header, Func<string[], T> parse)
    {
        using var zip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var text = new StreamReader(zip, Encoding.UTF8);
        if (text.ReadLine() is var first && first != header)
        {
            throw Unreadable(path, 1, $"the header is '{first}' and not '{header}'");
        }

        var columns = header.Split(',').Length;
        for (var number = 2; text.ReadLine() is { } line; number++)
        {
            var cells = line.Split(',');
            if (cells.Length != columns)
            {
                throw Unreadable(path, number, $"there are {cells.Length} cells and not {columns}");
            }

            T row;
            try
            {
                row = parse(cells);
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                throw Unreadable(path, number, e.Message, e);
            }

            yield return row;
        }
    }

    private static FlyballException Unreadable(string path, int line, string seen, Exception? inner = null) => new(
        new Problem("FLY7002", $"This line cannot be read: {seen}.", new ProblemLocation(path, line), "Give a file in the form that 'flyball simulate' writes."),
        inner);
}
