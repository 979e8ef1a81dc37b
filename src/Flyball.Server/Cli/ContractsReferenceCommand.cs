using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;

namespace Flyball.Server.Cli;

/// <summary><c>flyball contracts reference SOURCE [--freeze]</c>: what its batches are compared with.</summary>
internal static class ContractsReferenceCommand
{
    public static Command Create(SharedOptions shared)
    {
        var source = new Argument<string>("SOURCE") { Description = "The source, as its contract names it." };
        var freeze = new Option<bool>("--freeze") { Description = "Freeze the rows that the source has now, in place of the present reference." };
        var command = new Command("reference", "Show what the batches of a source are compared with, or freeze it anew.") { source, freeze };
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var path = $"/v1/contracts/{Uri.EscapeDataString(context.Parsed.GetValue(source)!)}/reference";
            var document = context.Parsed.GetValue(freeze)
                ? await context.PostAsync(path, null, cancellation)
                : await context.Client.GetAsync(path, cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of((JsonArray)document["columns"]!, "name", "compared", "cells", "null_share")));
        });
        return command;
    }
}
