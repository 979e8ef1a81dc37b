using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Flyball.Client;
using Flyball.Engine.Problems;

namespace Flyball.Server.Cli;

/// <summary>Sends files of history to a server, one after the other. A packed file is unpacked on the way, so that it is the same file either way.</summary>
internal sealed class FileUpload(HttpClient http, string source, string knownAt)
{
    /// <summary>Sends a file and waits for its report.</summary>
    public Task<JsonObject> SendAsync(string file, CancellationToken cancellation) => SendAsync(file, null, null, cancellation);

    /// <param name="file">Its path.</param>
    /// <param name="onSent">Told how much of the file was sent.</param>
    /// <param name="onStored">Told what the server says while it works; null asks for the report alone.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<JsonObject> SendAsync(string file, Action<SentBytes>? onSent, Action<JsonObject>? onStored, CancellationToken cancellation)
    {
        var type = Check(file);
        await using var raw = File.OpenRead(file);
        long? length = raw.CanSeek ? raw.Length : null;
        if (IsPacked(file) && length == 0)
        {
            throw Cut(file, null);
        }

        await using var watched = new WatchedStream(raw, read => onSent?.Invoke(new SentBytes(read, length)));
        await using Stream content = IsPacked(file) ? new GZipStream(watched, CompressionMode.Decompress) : watched;
        using var body = new StreamContent(content, 1 << 16);
        body.Headers.ContentType = new MediaTypeHeaderValue(type);
        var address = $"/v1/imports/{Uri.EscapeDataString(source)}?known_at={Uri.EscapeDataString(knownAt)}{(onStored is null ? "" : "&progress=true")}";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, UriKind.Relative)) { Content = body };
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return await ReadAsync(response, onStored, cancellation);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Cut(file, e);
        }
    }

    /// <summary>Its media type, when it can be sent.</summary>
    /// <exception cref="FlyballException">FLY3010: there is no such file. FLY3011: its ending says no form.</exception>
    public static string Check(string file) => File.Exists(file)
        ? TypeOf(IsPacked(file) ? file[..^3] : file, file)
        : throw new FlyballException(new Problem("FLY3010", "There is no such file.", new ProblemLocation(file)));

    private static bool IsPacked(string file) => file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage response, Action<JsonObject>? onStored, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/x-ndjson")
        {
            var document = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) as JsonObject ?? [];
            return response.IsSuccessStatusCode ? document : throw new FlyballProblemException((int)response.StatusCode, document);
        }

        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await lines.ReadLineAsync(cancellation) is { } line)
        {
            var step = (JsonObject)JsonNode.Parse(line)!;
            if (step["report"] is JsonObject report)
            {
                return report;
            }

            if (step["problem"] is JsonObject problem)
            {
                throw new FlyballProblemException(problem["status"]?.GetValue<int>() ?? 500, problem);
            }

            onStored?.Invoke(step);
        }

        throw new HttpRequestException("It ended before its report. Send the file again: what is stored counts as duplicates.");
    }

    private static string TypeOf(string plain, string file) => Path.GetExtension(plain).ToLowerInvariant() switch
    {
        ".csv" => "text/csv",
        ".tsv" => "text/tab-separated-values",
        ".ndjson" or ".jsonl" => "application/x-ndjson",
        ".parquet" when plain == file => "application/vnd.apache.parquet",
        _ => throw new FlyballException(new Problem("FLY3011", "The file's ending is not known.", new ProblemLocation(file), "Use .csv, .tsv, .ndjson or .jsonl, plain or with .gz, or .parquet.")),
    };

    /// <summary>The unpacking failed, however deep the client has wrapped that.</summary>
    private static bool IsDamage(Exception? e) => e is InvalidDataException || (e is HttpRequestException or IOException && IsDamage(e.InnerException));

    private static FlyballException Cut(string file, Exception? inner) => new(
        new Problem("FLY3024", "The packed file is cut short or damaged.", new ProblemLocation(file), "Pack it again. Nothing of it was stored."), inner);
}
