using System.IO.Compression;
using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Engine.Problems;

namespace Flyball.Tests.Contracts.Ingestion;

/// <summary>A log and files to import into it.</summary>
internal sealed class ImportFixture(params ContractPlan[] plans) : IAsyncDisposable
{
    public const string Header = "transaction_id,event_time,customer_id,terminal_id,amount\n";

    public LogFixture Logs { get; } = new(plans);

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Logs.Folder, name);
        using Stream file = File.Create(path);
        using var stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(bytes);
        return path;
    }

    public Task<ImportProgress> ImportAsync(string path, string source = "transactions", KnownAtPolicy knownAt = default, Action<ImportStep>? onProgress = null) =>
        EventImport.RunAsync(Logs.Log, source, path, knownAt, LogFixture.Tester, onProgress, default);

    /// <summary>The refusal of a file that cannot be read to its end.</summary>
    public async Task<Problem> RefusedAsync(string path, string source = "transactions", KnownAtPolicy knownAt = default) =>
        (await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(path, source, knownAt))).Problem;

    /// <summary>The codes of the quarantined rows, in order.</summary>
    public IEnumerable<string> Codes(string source = "transactions") =>
        Logs.Log.ReadQuarantine(source, default, 1_000).Select(r => string.Join('+', r.Problems.Select(p => p.Code)));

    public ValueTask DisposeAsync() => Logs.DisposeAsync();
}
