using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Serving.Batches;

namespace Flyball.Server.Cli;

/// <summary>Asks the server for the values that features had: the spine goes there, and the values come back.</summary>
/// <param name="http">The server.</param>
/// <param name="tell">Told each step.</param>
internal sealed class ScoreHistory(HttpClient http, Action<JsonObject> tell) : IBatchHistory
{
    public async Task<long> FindAsync(BatchQuestion question, CancellationToken cancellation)
    {
        var views = question.Views.Select(v => $"view={Uri.EscapeDataString(v)}");
        var horizon = question.Horizon is { } seq ? string.Create(CultureInfo.InvariantCulture, $"&horizon={seq}") : "";
        var file = new HistoryFile(http);
        var answer = await file.AskAsync($"{string.Join('&', views)}{horizon}{(question.AllowsEmpty ? "&allow_empty=true" : "")}&format=parquet", question.Spine, tell, cancellation);
        await file.FetchAsync(answer, question.Values, cancellation);
        return answer["manifest"]!["horizon"]!.GetValue<long>();
    }
}
