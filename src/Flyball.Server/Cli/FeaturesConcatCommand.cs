using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Training.History;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball features concat FILE... --out FILE</c>: makes the whole of the files that <c>features history --bucket</c> wrote.</summary>
internal static class FeaturesConcatCommand
{
    public static Command Create(SharedOptions shared)
    {
        var parts = new Argument<string[]>("FILE") { Description = "The file of every bucket, in any order.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "The whole: .parquet or .csv.", HelpName = "FILE", Required = true };
        var command = new Command("concat", "Make one file of all buckets: the bytes that one process would have written.") { parts, output };
        new CommandRunner(shared).SetLocal(command, (parsed, _, _) =>
        {
            var target = HistoryFile.Checked(parsed.GetValue(output)!);
            var rows = PartConcat.Run(parsed.GetValue(parts)!, target);
            using var written = File.OpenRead(target);
            var document = new JsonObject
            {
                ["out"] = target,
                ["rows"] = rows,
                ["bytes"] = written.Length,
                ["sha256"] = Digest.Of(written).Hex,
            };
            return Task.FromResult(new CommandOutcome(document, console => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{rows:N0} rows in [bold]{target}[/], SHA-256 {document["sha256"]!.GetValue<string>()[..12]}")));
        });
        return command;
    }
}
