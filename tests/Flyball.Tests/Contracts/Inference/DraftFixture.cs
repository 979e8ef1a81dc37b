using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Inference;
using Flyball.Contracts.Ingestion;

namespace Flyball.Tests.Contracts.Inference;

/// <summary>Files to draft from, and the real gate under a draft.</summary>
internal sealed class DraftFixture : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-drafts-").FullName;

    public string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        using Stream file = File.Create(path);
        using var stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }

    public ContractDraft Infer(string name, string text) => ContractInference.Infer(Write(name, text));

    /// <summary>Puts a file through the gate under a draft of it.</summary>
    public static async Task<ImportProgress> GateAsync(ContractDraft draft, string path)
    {
        await using var log = new LogFixture(Sample.Compile(draft.Yaml));
        return await EventImport.RunAsync(log.Log, draft.Source, path, KnownAtPolicy.Assigned, LogFixture.Tester, null, default);
    }

    /// <summary>The same records as JSON lines under the draft's names: for files the gate does not read as they are.</summary>
    public string AsLines(ContractDraft draft, string path)
    {
        var lines = new StringBuilder();
        using var file = RecordFile.Open(path);
        var row = new List<Cell>();
        while (file.Next(row))
        {
            var json = new JsonObject();
            for (var i = 0; i < row.Count; i++)
            {
                if (row[i].Text is { } text)
                {
                    json[draft.Columns[i].Name] = row[i].Kind is CellKind.Number or CellKind.Boolean ? JsonNode.Parse(text) : text;
                }
            }

            lines.Append(json.ToJsonString()).Append('\n');
        }

        return Write("lines.ndjson", lines.ToString());
    }

    /// <summary>Skips a test that needs times without an offset where the gate does not read them.</summary>
    public async Task RequireWrittenTimesAsync()
    {
        var path = Write("times.csv", "at\n2020-01-01 00:00:00\n2020-01-01 00:00:01\n");
        if ((await GateAsync(ContractInference.Infer(path), path)).Accepted == 0)
        {
            Assert.Skip("The gate does not read times by a contract's format.");
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
