using System.Globalization;
using System.Text;
using Flyball.Engine.Time;
using Flyball.Native.DuckDb;
using Flyball.Serving;
using Flyball.Serving.Batches;
using Flyball.Tests.Time;
using Flyball.Tests.Workspaces;
using Flyball.Training;

namespace Flyball.Tests.Serving.Batches;

/// <summary>A model that reads nothing but its request, and a folder for files.</summary>
internal sealed class BatchWorld : IDisposable
{
    public const string Looking = "[ transaction.amount, customer_activity.count_7d ]";

    private readonly FraudProject project;

    public BatchWorld(string features = "[ transaction.amount, transaction.is_night ]", float weight = 0.01f, Action<FraudProject>? change = null)
    {
        project = new FraudProject().Replace("models/fraud.yaml", "[ \"transaction.*\", \"customer_activity.*\", \"terminal_risk.*\" ]", features);
        change?.Invoke(project);
        Plan = ProjectWorkspace.Load(project);
        Version = VersionLoader.Load(LinearBundle.Of(Plan.Models["fraud"], 3, weight), 3, Plan);
        Directory.CreateDirectory(project["files"]);
        Serve = ServeDefinition.Read(Plan.Models["fraud"], []);
    }

    public ProjectPlan Plan { get; }

    public ServedVersion Version { get; }

    public ServeDefinition Serve { get; }

    public ManualTimeProvider Time { get; } = new();

    public BatchScoring Scoring => new(Version, Serve, Time);

    /// <summary>What the fraud model's file says of serving, and more.</summary>
    public static Action<FraudProject> Serving(string more) => p => p.Replace("models/fraud.yaml", "  timeout: 50ms\n", $"  timeout: 50ms\n{more}");

    public string File(string name) => Path.Combine(project["files"], name);

    public IEnumerable<string> Files => Directory.EnumerateFileSystemEntries(project["files"]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    public static decimal Amount(int row) => 1 + (row % 997) + (row % 7 * 0.25m);

    /// <summary>Payments, of which each of <paramref name="bad"/> (from 1) has an amount below what the contract allows.</summary>
    public string Csv(string name, int rows, params int[] bad)
    {
        var text = new StringBuilder("transaction_id,event_time,customer_id,terminal_id,amount\n");
        for (var row = 1; row <= rows; row++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{row},{new EventTime(1_525_000_000_000_000 + (row * 60_000_000L))},{row % 50},{row % 9},{(bad.Contains(row) ? -777.25m : Amount(row))}");
        }

        System.IO.File.WriteAllText(File(name), text.ToString());
        return File(name);
    }

    /// <summary>The same rows as Parquet.</summary>
    public string Parquet(string csv, string name)
    {
        Sql($"COPY (SELECT * FROM read_csv('{csv}', timestampformat='%Y-%m-%dT%H:%M:%S.%fZ')) TO '{File(name)}' (FORMAT parquet)");
        return File(name);
    }

    public static void Sql(string sql)
    {
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        connection.Execute(sql);
    }

    /// <summary>The rows of an answer as texts.</summary>
    public static List<string[]> Rows(string sql)
    {
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        using var columns = connection.Query($"{sql} LIMIT 0");
        var names = columns.Columns.Select(c => $"CAST(\"{c.Name}\" AS VARCHAR)");
        using var found = connection.Query($"SELECT {string.Join(", ", names)} FROM ({sql})");
        var rows = new List<string[]>();
        while (found.NextChunk() is { } chunk)
        {
            for (var row = 0; row < chunk.RowCount; row++)
            {
                rows.Add([.. found.Columns.Select((_, i) => chunk.Text(i, row))]);
            }
        }

        return rows;
    }

    /// <summary>What is scored in small batches and parts: six batches of eight rows a checkpoint.</summary>
    public static BatchTerms Small(string input, string output) => new() { Input = input, Output = output, BatchRows = 8, BatchesPerPart = 6 };

    public void Dispose()
    {
        Version.Scorer.Dispose();
        project.Dispose();
    }
}
