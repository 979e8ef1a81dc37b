using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using Flyball.Client;
using Flyball.Engine.Problems;

namespace Flyball.Server.LoadTests;

/// <summary>The requests of a load test: lines of JSON, CSV with a header, or what was asked of the model last.</summary>
internal static class LoadRows
{
    private const int Most = 10_000;
    private const int MostLogged = 100;
    private const int LongestRecord = 1 << 20;

    /// <exception cref="FlyballException">FLY3932: the file cannot be read, or holds no row.</exception>
    public static IReadOnlyList<byte[]> Read(string file)
    {
        try
        {
            var rows = (Path.GetExtension(file).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? Csv(file) : Lines(file)).Take(Most).ToList();
            return rows.Count > 0 ? rows : throw Bad(file, null, "It holds no row.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvFormatException)
        {
            throw Bad(file, null, e is CsvFormatException ? "It is not CSV." : e.Message);
        }
    }

    /// <summary>Requests of the newest predictions in the log. A personal column stands there as a token, which is sent as it is.</summary>
    /// <exception cref="FlyballException">FLY3933: the log holds none.</exception>
    public static async Task<IReadOnlyList<byte[]>> LoggedAsync(FlyballClient client, string model, CancellationToken cancellation)
    {
        var list = await client.GetAsync(FormattableString.Invariant($"/v1/models/{Uri.EscapeDataString(model)}/predictions?limit={MostLogged}"), cancellation);
        List<byte[]> rows = [];
        foreach (var id in list["predictions"]!.AsArray().Select(p => p!["request_id"]!.GetValue<string>()))
        {
            var whole = await client.GetAsync($"/v1/predictions/{Uri.EscapeDataString(id)}", cancellation);
            rows.Add(Encoding.UTF8.GetBytes(whole["request"]!.ToJsonString()));
        }

        return rows.Count > 0 ? rows : throw new FlyballException(new Problem(
            "FLY3933", $"The log holds no prediction of {model} to take requests from.", new ProblemLocation(Field: "--rows"), "Give a file of requests with --rows."));
    }

    private static IEnumerable<byte[]> Lines(string file)
    {
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (line.Length > 0)
            {
                yield return IsObject(line) ? Encoding.UTF8.GetBytes(line) : throw Bad(file, number, "The line is not a JSON object.");
            }
        }
    }

    /// <summary>What reads as a number or as true or false is one, an empty cell is left out, all else is text.</summary>
    private static IEnumerable<byte[]> Csv(string file)
    {
        using var stream = File.OpenRead(file);
        using var reader = CsvReader.Create(stream, new CsvReaderOptions { Separator = ',', HasHeader = false, MaxRecordSize = LongestRecord, IncludeValuesInExceptions = false }, leaveOpen: true);
        if (!reader.Read())
        {
            yield break;
        }

        string[] names = [.. Cells(reader).Select(n => n.Trim().TrimStart('\uFEFF'))];
        while (reader.Read())
        {
            var row = new JsonObject();
            foreach (var (name, cell) in names.Zip(Cells(reader)).Where(c => c.Second.Length > 0))
            {
                row[name] = Value(cell);
            }

            yield return Encoding.UTF8.GetBytes(row.ToJsonString());
        }
    }

    private static IEnumerable<string> Cells(CsvReader reader) => Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetString(i));

    private static JsonNode? Value(string cell)
    {
        try
        {
            return JsonNode.Parse(cell) is JsonValue value && value.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? JsonNode.Parse(cell) : cell;
        }
        catch (JsonException)
        {
            return cell;
        }
    }

    private static bool IsObject(string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static FlyballException Bad(string file, int? line, string why) =>
        new(new Problem("FLY3932", $"The requests cannot be read. {why}", new ProblemLocation(file, line), "Give a file with a JSON object a line, or CSV with a header."));
}
