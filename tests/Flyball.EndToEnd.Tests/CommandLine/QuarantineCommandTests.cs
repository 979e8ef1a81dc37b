using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.CommandLine;

/// <summary>The quarantine through the program itself, with a source about people.</summary>
public sealed class QuarantineCommandTests
{
    private const string Email = "jane.planted@example.com";

    private const string Guests = """
        apiVersion: v3.1.0
        kind: DataContract
        id: guests
        version: 1.0.0
        status: active
        schema:
          - name: guests
            properties:
              - { name: guest_id, logicalType: integer, primaryKey: true }
              - { name: event_time, logicalType: timestamp, required: true }
              - { name: email, logicalType: string, required: true, classification: PII }
              - { name: nights, logicalType: integer, required: true, logicalTypeOptions: { minimum: 1 } }
        """;

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Rows_are_listed_released_and_discarded_and_no_file_or_line_names_the_person()
    {
        using var folder = new TemporaryFolder();
        var (project, data) = (ShopProject.Write(folder["project"]), folder["data"]);
        var contract = Path.Combine(project, "contracts", "guests.odcs.yaml");
        File.WriteAllText(contract, Guests);
        var file = folder["guests.csv"];
        File.WriteAllText(file, $"guest_id,event_time,email,nights\n1,2024-01-01T00:00:00Z,{Email},2\n2,2024-01-01T00:00:00Z,{Email},0\n3,2024-01-01T00:00:00Z,{Email},-4\n4,{Email}\n");
        var said = new StringBuilder();

        var ingested = await RunAsync(0, "ingest", "guests", file);
        var listed = await RunAsync(0, "ingest", "quarantine", "list", "guests");
        var seqs = listed["rows"]!.AsArray().Select(r => r!["seq"]!.ToJsonString()).ToList();
        await RunAsync(1, "ingest", "quarantine", "release", "guests", seqs[0], "--reason", "too early");
        File.WriteAllText(contract, Guests.Replace("minimum: 1", "minimum: 0", StringComparison.Ordinal).Replace("version: 1.0.0", "version: 1.1.0", StringComparison.Ordinal));
        var released = await RunAsync(1, "ingest", "quarantine", "release", "guests", "--all", "--reason", "a day guest");
        var edited = folder["row.json"];
        File.WriteAllText(edited, (await RunAsync(0, "ingest", "quarantine", "show", "guests", seqs[1]))["original"]!.GetValue<string>().Replace("\"-4\"", "4", StringComparison.Ordinal).Replace("\"3\"", "3", StringComparison.Ordinal));
        await RunAsync(0, "ingest", "quarantine", "release", "guests", seqs[1], "--row", edited, "--reason", "sign");
        await RunAsync(0, "ingest", "quarantine", "discard", "guests", seqs[2], "--reason", "no row");
        await RunAsync(1, "ingest", "quarantine", "release", "guests", seqs[2], "--reason", "after all");
        await RunAsync(2, "ingest", "quarantine", "discard", "guests", "99999", "--reason", "x");
        await RunAsync(2, "ingest", "quarantine", "discard", "guests", "--all");
        var holds = await RunAsync(0, "ingest", "holds", "list", "guests");
        var audit = await RunAsync(0, "audit", "list");

        Assert.Equal((4, 1, 3), ((int)ingested["received"]!, (int)ingested["accepted"]!, (int)ingested["quarantined"]!));
        Assert.Equal((1, 2), ((int)released["released"]!, (int)released["failed"]!));
        Assert.Equal(0, (int)(await RunAsync(0, "ingest", "quarantine", "list", "guests"))["total"]!);
        Assert.Equal(2, (int)(await RunAsync(0, "ingest", "quarantine", "list", "guests", "--state", "released"))["total"]!);
        Assert.Empty(holds["batches"]!.AsArray());
        Assert.Contains("a day guest", audit.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("planted", said.ToString(), StringComparison.Ordinal);
        foreach (var path in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories))
        {
            Assert.True(File.ReadAllBytes(path).AsSpan().IndexOf("planted"u8) < 0, path);
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "keys", "tokens.key")));

        async Task<JsonObject> RunAsync(int expected, params string[] arguments)
        {
            var run = (await FlyballProgram.RunAsync([.. arguments, "--project", project, "--data", data, "--json"])).WithoutStackTrace();
            said.Append(run.Output).Append(run.Errors);
            Assert.True(run.ExitCode == expected, $"{string.Join(' ', arguments)}: {run.ExitCode} {run.Output} {run.Errors}");
            return run.Document;
        }
    }
}
