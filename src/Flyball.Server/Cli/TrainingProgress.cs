using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary>A run that is asked for and, on a terminal, shown step by step.</summary>
internal static class TrainingProgress
{
    /// <param name="title">What is shown while it goes on.</param>
    /// <param name="path">Of a route that answers with progress.</param>
    /// <returns>The run's document.</returns>
    public static Task<JsonObject> ShowAsync(CommandContext context, SharedOptions shared, string title, string path, JsonObject body, CancellationToken cancellation)
    {
        if (context.Parsed.GetValue(shared.Json) || Console.IsOutputRedirected || !context.Console.Profile.Capabilities.Interactive)
        {
            return AskAsync(_ => { });
        }

        return context.Console.Status().StartAsync(Markup.Escape(title), status => AskAsync(step =>
        {
            if (step["seconds"] is { } seconds)
            {
                context.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{step["step"]!.GetValue<string>(),-9}[/] {step["detail"]?.GetValue<string>()} [grey]{seconds.GetValue<double>():0.0} s[/]");
            }
            else
            {
                status.Status = Markup.Escape(PrintedText.Clean($"{step["step"]?.GetValue<string>()} {step["log"]?.GetValue<string>()}".TrimEnd()));
            }
        }));

        async Task<JsonObject> AskAsync(Action<JsonObject> onStep)
        {
            using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };
            return await ProgressRequest.SendAsync(context.Client.Http, request, "run", onStep, cancellation);
        }
    }
}
