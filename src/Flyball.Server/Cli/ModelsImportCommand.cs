using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using Flyball.Client;
using Flyball.Engine.Problems;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models import</c>.</summary>
internal static class ModelsImportCommand
{
    public static Command Create(SharedOptions shared)
    {
        var from = new Argument<string>("FILE") { Description = "What models export wrote." };
        var key = new Option<string?>("--key") { Description = "Public key of the installation it comes from: what was signed is checked with it, and must hold.", HelpName = "FILE" };
        var import = new Command("import", "Register the version of an exported file; approvals of elsewhere are shown and do not count.") { from, key };
        new CommandRunner(shared).Set(import, async (context, cancellation) =>
        {
            var file = context.Parsed.GetValue(from)!;
            if (!File.Exists(file))
            {
                throw new FlyballException(new Problem("FLY3010", "There is no such file.", new ProblemLocation(file)));
            }

            var query = "";
            if (context.Parsed.GetValue(key) is { } named)
            {
                query = File.Exists(named)
                    ? $"?key={Uri.EscapeDataString(await File.ReadAllTextAsync(named, cancellation))}"
                    : throw new FlyballException(new Problem("FLY3010", "There is no such file.", new ProblemLocation(named)));
            }

            using var body = new StreamContent(File.OpenRead(file));
            body.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
            using var response = await context.Client.Http.PostAsync(new Uri($"/v1/registry/import{query}", UriKind.Relative), body, cancellation);
            var document = VersionDecisions.Document(await response.Content.ReadAsByteArrayAsync(cancellation));
            return response.IsSuccessStatusCode
                ? new CommandOutcome(document, console => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{document["model"]} {document["version"]?.ToJsonString()} is {document["state"]?.GetValue<string>()}; what was signed is {(query.Length > 0 ? "verified" : "not verified: give --key")}."))
                : throw new FlyballProblemException((int)response.StatusCode, document);
        });
        return import;
    }
}
