using System.Text.Json.Nodes;
using Flyball.Client;

namespace Flyball.Server.Cli;

/// <summary>A request whose answer is lines of JSON while the work goes on, and its result or problem at the end.</summary>
internal static class ProgressRequest
{
    /// <param name="name">The member of the last line that holds the result.</param>
    /// <param name="onStep">Told each line before it.</param>
    /// <exception cref="FlyballProblemException">It was refused, or it failed.</exception>
    public static async Task<JsonObject> SendAsync(HttpClient http, HttpRequestMessage request, string name, Action<JsonObject> onStep, CancellationToken cancellation)
    {
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ThrowIfRefusedAsync(response, cancellation);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await lines.ReadLineAsync(cancellation) is { } line)
        {
            var step = (JsonObject)JsonNode.Parse(line)!;
            if (step[name] is JsonObject answer)
            {
                return answer;
            }

            if (step["problem"] is JsonObject problem)
            {
                throw new FlyballProblemException(problem["status"]?.GetValue<int>() ?? 500, problem);
            }

            onStep(step);
        }

        throw new HttpRequestException("It ended before its answer. Ask again.");
    }

    public static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new FlyballProblemException((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) as JsonObject);
        }
    }
}
