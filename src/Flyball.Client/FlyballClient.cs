using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyball.Client;

/// <summary>
/// A small client of a Flyball server. Each method is one request; a refused one throws <see cref="FlyballProblemException"/> with the
/// server's problem document. Thread-safe.
/// </summary>
/// <param name="http">Its base address is the server; its headers carry the key.</param>
public sealed class FlyballClient(HttpClient http)
{
    /// <summary>The connection below, for requests that have no method here.</summary>
    public HttpClient Http => http;

    /// <summary>Appends events: one object, an array, or NDJSON when the text has several lines.</summary>
    public Task<JsonObject> IngestAsync(string source, string json, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        SendTextAsync($"/v1/events/{Uri.EscapeDataString(source)}", json, idempotencyKey, cancellation);

    /// <summary>Reports outcomes of a model: rows of its label source, or <c>{"request_id","label"}</c>.</summary>
    public Task<JsonObject> OutcomesAsync(string model, string json, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        SendTextAsync($"/v1/outcomes/{Uri.EscapeDataString(model)}", json, idempotencyKey, cancellation);

    /// <summary>Asks for a prediction of one request object.</summary>
    public async Task<Prediction> PredictAsync(string model, string json, CancellationToken cancellation = default)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri($"/v1/models/{Uri.EscapeDataString(model)}/predict", UriKind.Relative), content, cancellation).ConfigureAwait(false);
        await ThrowIfRefusedAsync(response, cancellation).ConfigureAwait(false);
        using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        return await JsonSerializer.DeserializeAsync<Prediction>(body, ClientJson.Options, cancellation).ConfigureAwait(false)
            ?? throw new InvalidDataException("The server's answer is empty.");
    }

    /// <summary>Trains a model and registers the version.</summary>
    public Task<JsonObject> TrainAsync(string model, JsonObject? request = null, CancellationToken cancellation = default) =>
        PostAsync($"/v1/models/{Uri.EscapeDataString(model)}/train", request, cancellation: cancellation);

    public async Task<JsonObject> GetAsync(string path, CancellationToken cancellation = default)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellation).ConfigureAwait(false);
        return await ReadAsync(response, cancellation).ConfigureAwait(false);
    }

    /// <param name="actor">A name for the audit log, taken from loopback callers of a server without keys.</param>
    public async Task<JsonObject> PostAsync(string path, JsonObject? body = null, string? actor = null, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
        request.Content = new StringContent((body ?? []).ToJsonString(), Encoding.UTF8, "application/json");
        if (actor is not null)
        {
            request.Headers.Add("X-Flyball-Actor", actor);
        }

        using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, cancellation).ConfigureAwait(false);
    }

    public async Task<JsonObject> DeleteAsync(string path, CancellationToken cancellation = default)
    {
        using var response = await http.DeleteAsync(new Uri(path, UriKind.Relative), cancellation).ConfigureAwait(false);
        return await ReadAsync(response, cancellation).ConfigureAwait(false);
    }

    private async Task<JsonObject> SendTextAsync(string path, string json, string? idempotencyKey, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
        var lines = json.AsSpan().TrimEnd().Contains('\n') && !json.AsSpan().TrimStart().StartsWith("[", StringComparison.Ordinal);
        request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue(lines ? "application/x-ndjson" : "application/json"));
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, cancellation).ConfigureAwait(false);
    }

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await ThrowIfRefusedAsync(response, cancellation).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        return text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? throw new InvalidDataException("The server's answer is not a JSON object.");
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        JsonObject? document = null;
        try
        {
            document = JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            // Not a problem document: the status alone must do.
        }

        throw new FlyballProblemException((int)response.StatusCode, document);
    }
}
