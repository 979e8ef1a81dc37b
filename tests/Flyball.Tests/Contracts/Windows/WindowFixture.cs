using System.Globalization;
using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Windows;
using Flyball.Tests.Time;

namespace Flyball.Tests.Contracts.Windows;

/// <summary>A log of one source, with history that is its reference, and a clock that a test moves.</summary>
internal sealed class WindowFixture : IAsyncDisposable
{
    public WindowFixture(string custom = "", string levels = "", string quality = "") => Logs = new LogFixture(Time, Sample.Compile(
        $$"""
        apiVersion: v3.1.0
        kind: DataContract
        id: payments
        version: 1.0.0
        status: active
        slaProperties: [ {{levels}} ]
        schema:
          - name: payments
            customProperties: [ {{custom}} ]
            quality: [ {{quality}} ]
            properties:
              - { name: event_time, logicalType: timestamp }
              - { name: id, logicalType: integer, primaryKey: true }
              - { name: kind, logicalType: string }

        """));

    public ManualTimeProvider Time { get; } = new();

    public LogFixture Logs { get; }

    public EventLog Log => Logs.Log;

    public QualityWatch Watch => watch ??= new QualityWatch(Log, Time);

    private QualityWatch? watch;

    private int next;

    /// <summary>Rows evenly over the days before now, known as they happened, or a stated time later.</summary>
    public async Task ImportAsync(int days, int rowsADay, TimeSpan? delay = null)
    {
        var text = new StringBuilder("event_time,id,kind,seen\n");
        var random = new Random(7);
        var from = Time.GetUtcNow() - TimeSpan.FromDays(days);
        for (var i = 0; i < days * rowsADay; i++)
        {
            var at = from + (TimeSpan.FromDays(days) * i / (days * rowsADay));
            text.Append(CultureInfo.InvariantCulture, $"{at:yyyy-MM-ddTHH:mm:ssZ},{next++},{(random.Next(4) == 0 ? "refund" : "sale")},{at + (delay ?? TimeSpan.Zero):yyyy-MM-ddTHH:mm:ssZ}\n");
        }

        var path = Path.Combine(Logs.Folder, $"h{next.ToString(CultureInfo.InvariantCulture)}.csv");
        await File.WriteAllTextAsync(path, text.ToString());
        await EventImport.RunAsync(Log, "payments", path, KnownAtPolicy.OfColumn("seen"), LogFixture.Tester, null, default);
    }

    /// <summary>Single events, each a request of its own, at the present time or before it.</summary>
    public async Task SendAsync(int rows, Func<int, string?> kind, TimeSpan? late = null, int perRequest = 1, TimeSpan? every = null)
    {
        foreach (var chunk in Enumerable.Range(0, rows).Chunk(perRequest))
        {
            Assert.True((await Logs.IngestAsync("payments", [.. chunk.Select(i => Row(next++, kind(i), late))])).IsStored);
            Time.Advance(every * chunk.Length ?? TimeSpan.Zero);
        }
    }

    public List<Finding> Findings() => [.. Log.Quality.ReadFindings("payments", default, 1_000).SelectMany(f => f.Findings)];

    public List<FindingRecord> Records() => [.. Log.Quality.ReadFindings("payments", default, 1_000)];

    public async Task ReopenAsync()
    {
        await Logs.ReopenAsync();
        watch = null;
    }

    public static string? Usual(int i) => i % 4 == 0 ? "refund" : "sale";

    public ValueTask DisposeAsync() => Logs.DisposeAsync();

    private string Row(int id, string? kind, TimeSpan? late) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"event_time\":\"{Time.GetUtcNow() - (late ?? TimeSpan.Zero):yyyy-MM-ddTHH:mm:ssZ}\",\"id\":{id},\"kind\":{(kind is null ? "null" : $"\"{kind}\"")}}}");
}
