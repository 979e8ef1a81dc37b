using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models deprecate</c>: of a version, or of all of a model.</summary>
internal static class ModelsDeprecateCommand
{
    public static Command Create(SharedOptions shared)
    {
        var selector = new VersionSelector();
        var sunset = new Option<string?>("--sunset") { Description = "When it may stop to answer, such as 2027-01-31.", HelpName = "DATE" };
        var note = new Option<string?>("--note") { Description = "What its users are told; goes into the audit log.", HelpName = "TEXT" };
        var undo = new Option<bool>("--undo") { Description = "Take it back; --note says why." };
        var deprecate = new Command("deprecate", "Tell the users of a model, or of a version, to move on.") { selector.Name, selector.Number, sunset, note, undo };
        new CommandRunner(shared).Set(deprecate, async (context, cancellation) =>
        {
            var (isUndone, told, ends) = (context.Parsed.GetValue(undo), context.Parsed.GetValue(note), context.Parsed.GetValue(sunset));
            if (isUndone && ends is not null)
            {
                throw new FlyballException(new Problem("FLY5073", "What is taken back has no end.", new ProblemLocation(Field: "--sunset"), "Leave --sunset out, or deprecate it again with another date."));
            }

            // Without a version all of the model is meant.
            var (model, version) = selector.Parts(context);
            var path = $"/v1/models/{model}/deprecate";
            if (version is not null)
            {
                var (_, number) = await selector.ResolveAsync(context, cancellation);
                path = string.Create(CultureInfo.InvariantCulture, $"/v1/models/{model}/versions/{number}/deprecate");
            }

            var document = isUndone
                ? await context.Client.DeleteAsync(told is null ? path : $"{path}?reason={Uri.EscapeDataString(told)}", cancellation)
                : await context.PostAsync(path, new JsonObject { ["sunset"] = ends, ["note"] = told }, cancellation);
            var what = version is null ? $"The model {Uri.UnescapeDataString(model)}" : $"Version {document["version"]?.ToJsonString()} of {Uri.UnescapeDataString(model)}";
            return new CommandOutcome(document, console => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{what} is {(isUndone ? "not deprecated any more" : "deprecated")}."));
        });
        return deprecate;
    }
}
