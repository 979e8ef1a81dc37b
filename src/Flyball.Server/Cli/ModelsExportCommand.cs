using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Client;
using Flyball.Engine.Identity;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models export</c>.</summary>
internal static class ModelsExportCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var to = new Option<string>("--out") { Description = "The file to write; one that is there is replaced.", HelpName = "FILE", Required = true };
        var export = new Command("export", "Write one version with its evidence as one file for another installation.") { selector.Name, selector.Number, to };
        new CommandRunner(shared).Set(export, async (context, cancellation) =>
        {
            var (model, version) = await selector.ResolveAsync(context, cancellation);
            var file = Path.GetFullPath(context.Parsed.GetValue(to)!);
            var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"/v1/models/{model}/versions/{version}/archive"), UriKind.Relative);
            using var response = await context.Client.Http.GetAsync(address, cancellation);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
            if (!response.IsSuccessStatusCode)
            {
                throw new FlyballProblemException((int)response.StatusCode, VersionDecisions.Document(bytes));
            }

            await WriteAsync(file, bytes, cancellation);
            var document = new JsonObject { ["model"] = Uri.UnescapeDataString(model), ["version"] = version, ["file"] = file, ["bytes"] = bytes.Length, ["sha256"] = Digest.Of(bytes).Hex };
            return new CommandOutcome(document, console => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Wrote {bytes.Length} bytes to {file}."));
        });
        return export;
    }

    /// <summary>Beside the file first: a write that breaks off leaves the one that was there.</summary>
    private static async Task WriteAsync(string file, byte[] bytes, CancellationToken cancellation)
    {
        var part = file + ".part";
        await File.WriteAllBytesAsync(part, bytes, cancellation);
        File.Move(part, file, overwrite: true);
    }
}
