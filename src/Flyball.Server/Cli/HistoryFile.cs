using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;

namespace Flyball.Server.Cli;

/// <summary>The two ends of a history on this side: the spine that goes out, and the file that comes back.</summary>
internal sealed class HistoryFile(HttpClient http)
{
    /// <summary>The ending of a result says its form.</summary>
    /// <exception cref="FlyballException">FLY3174: it is neither.</exception>
    public static string Checked(string output) => Path.GetExtension(output) is ".parquet" or ".csv"
        ? output
        : throw new FlyballException(new Problem("FLY3174", "The form of the result is not known from its name.", new ProblemLocation(output, Field: "--out"), "Name it .parquet or .csv."));

    /// <summary>Asks, and waits for the answer.</summary>
    /// <param name="query">The question.</param>
    /// <param name="spine">The file, or null.</param>
    /// <param name="onStep">Told each step.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<JsonObject> AskAsync(string query, string? spine, Action<JsonObject> onStep, CancellationToken cancellation)
    {
        using var content = spine is null ? null : Body(spine);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/v1/features/history?{query}&progress=true", UriKind.Relative)) { Content = content };
        return await ProgressRequest.SendAsync(http, request, "history", onStep, cancellation);
    }

    /// <summary>Fetches the result beside its place, checks it against the manifest, and only then gives it its name.</summary>
    public async Task FetchAsync(JsonObject answer, string output, CancellationToken cancellation)
    {
        var target = Path.GetFullPath(output);
        var temporary = target + ".tmp";
        try
        {
            using (var response = await http.GetAsync(new Uri($"/v1/features/history/{answer["id"]!.GetValue<string>()}/result", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation))
            {
                await ProgressRequest.ThrowIfRefusedAsync(response, cancellation);
                await using var file = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
                await response.Content.CopyToAsync(file, cancellation);
                file.Position = 0;
                if (Digest.Of(file).Hex != answer["manifest"]!["sha256"]!.GetValue<string>())
                {
                    throw new HttpRequestException("The result that came is not the one that was announced. Ask again.");
                }
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static StreamContent Body(string spine)
    {
        if (!File.Exists(spine))
        {
            throw new FlyballException(new Problem("FLY3175", "There is no such file.", new ProblemLocation(spine, Field: "--spine")));
        }

        var isPacked = spine.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        var plain = isPacked ? spine[..^3] : spine;
        var type = Path.GetExtension(plain).ToLowerInvariant() switch
        {
            ".csv" => "text/csv",
            ".tsv" => "text/tab-separated-values",
            ".ndjson" or ".jsonl" => "application/x-ndjson",
            ".parquet" when !isPacked => "application/vnd.apache.parquet",
            _ => throw new FlyballException(new Problem("FLY3176", "The file's ending is not known.", new ProblemLocation(spine, Field: "--spine"), "Use .csv, .tsv, .ndjson or .jsonl, plain or with .gz, or .parquet.")),
        };
        var body = new StreamContent(File.OpenRead(spine), 1 << 16);
        body.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (isPacked)
        {
            body.Headers.ContentEncoding.Add("gzip");
        }

        return body;
    }
}
