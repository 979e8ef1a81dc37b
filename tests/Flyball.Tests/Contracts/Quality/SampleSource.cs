using System.Globalization;
using System.IO.Compression;
using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Odcs;
using Flyball.Contracts.Quality;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Projects;

namespace Flyball.Tests.Contracts.Quality;

/// <summary>A table as a source with a contract of its own: the types are read off the values, an empty text is null.</summary>
internal sealed class SampleSource
{
    private static readonly SipHash Hash = new(1, 2);

    private readonly Lazy<SourceReference> whole;

    private SampleSource(string name, ContractPlan plan, List<Value[]> rows)
    {
        whole = new(() => Freeze(rows));
        Name = name;
        Plan = plan;
        Rows = rows;
    }

    public string Name { get; }

    public ContractPlan Plan { get; }

    /// <summary>Event time first.</summary>
    public List<Value[]> Rows { get; }

    /// <summary>The reference of all rows.</summary>
    public SourceReference Whole => whole.Value;

    public static List<string[]> ReadCsv(string path, bool hasHeader = true, char separator = ',')
    {
        using Stream file = File.OpenRead(path);
        using var text = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
        var lines = new List<string[]>();
        while (text.ReadLine() is { } line)
        {
            lines.Add(line.Split(separator));
        }

        if (!hasHeader)
        {
            lines.Insert(0, [.. Enumerable.Range(1, lines[0].Length).Select(i => $"c{i}")]);
        }

        return lines;
    }

    /// <param name="name">For reports.</param>
    /// <param name="table">The names, then the rows.</param>
    /// <param name="time">The time of a row, in microseconds; null gives one row a minute.</param>
    /// <param name="quality">YAML under the schema object, after its properties.</param>
    /// <param name="drop">Columns that are left out.</param>
    public static SampleSource Of(string name, List<string[]> table, Func<string[], long>? time = null, string quality = "", params string[] drop)
    {
        var header = table[0];
        int[] kept = [.. Enumerable.Range(0, header.Length).Where(i => !drop.Contains(header[i], StringComparer.Ordinal))];
        var lines = table.Skip(1).Where(l => l.Length == header.Length).ToList();
        ScalarType[] types = [.. kept.Select(i => TypeOf(lines.Select(l => l[i])))];
        var plan = ContractCompiler.Compile(YamlSection.Parse("s.odcs.yaml", Contract(kept.Select(i => header[i]), types, quality), new ProblemList())!)
            ?? throw new InvalidOperationException("The contract does not compile.");
        var rows = lines.Select((line, n) =>
        {
            var row = new Value[kept.Length + 1];
            row[0] = Value.FromTimestamp(time?.Invoke(line) ?? (n * 60_000_000L));
            for (var i = 0; i < kept.Length; i++)
            {
                row[i + 1] = Read(line[kept[i]], types[i]);
            }

            return row;
        }).ToList();
        return new SampleSource(name, plan, rows);
    }

    public static long Micros(string text) => Clock.ToMicros(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    /// <summary>The reference of rows in their order.</summary>
    public SourceReference Freeze(IEnumerable<Value[]> rows)
    {
        var builder = new ReferenceBuilder(Plan);
        foreach (var row in rows)
        {
            builder.Add(row, row[0].AsTimestamp.Micros, ContentOf(row));
        }

        return builder.Build(new Horizon(1)) ?? throw new InvalidOperationException("Too few rows.");
    }

    public BatchVerdict Judge(SourceReference? reference, IEnumerable<Value[]> rows) => Plan.Quality.Judge(Observe(reference, rows));

    public BatchObservation Observe(SourceReference? reference, IEnumerable<Value[]> rows)
    {
        var observation = new BatchObservation(Plan, Hash, reference);
        foreach (var row in rows)
        {
            observation.Check(row);
            observation.Add(row, ContentOf(row));
        }

        return observation;
    }

    private static ulong ContentOf(Value[] row)
    {
        var content = 17UL;
        foreach (var value in row)
        {
            content = unchecked((content * 0x9E3779B97F4A7C15) ^ (value.IsNull ? 7 : ColumnReference.Fingerprint(value)) ^ (content >> 29));
        }

        return content;
    }

    private static string Contract(IEnumerable<string> names, ScalarType[] types, string quality)
    {
        var yaml = new StringBuilder("apiVersion: v3.1.0\nkind: DataContract\nid: s\nversion: 1.0.0\nstatus: active\nschema:\n  - name: s\n    properties:\n      - { name: event_time, logicalType: timestamp }\n");
        foreach (var (name, i) in names.Select((n, i) => (n, i)))
        {
            yaml.Append(CultureInfo.InvariantCulture, $"      - {{ name: {name}, logicalType: {(types[i] == ScalarType.Text ? "string" : types[i].ToString().ToLowerInvariant())} }}\n");
        }

        return yaml.Append(quality).ToString();
    }

    private static ScalarType TypeOf(IEnumerable<string> texts)
    {
        var type = ScalarType.Integer;
        foreach (var text in texts.Where(t => !string.IsNullOrWhiteSpace(t)))
        {
            type = type == ScalarType.Integer && !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? ScalarType.Number : type;
            if (type == ScalarType.Number && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            {
                return ScalarType.Text;
            }
        }

        return type;
    }

    private static Value Read(string text, ScalarType type) => string.IsNullOrWhiteSpace(text) ? Value.Null : type switch
    {
        ScalarType.Integer => Value.FromInteger(long.Parse(text, CultureInfo.InvariantCulture)),
        ScalarType.Number => Value.FromNumber(double.Parse(text, CultureInfo.InvariantCulture)),
        _ => Value.FromText(text),
    };
}
