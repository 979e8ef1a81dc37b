using System.Text.Json.Nodes;
using Flyball.Server.Hosting;

namespace Flyball.Tests.Cli;

/// <summary>A command of the program, run in this process through its own entry point, with what it printed.</summary>
internal sealed record Printed(int ExitCode, string Output, string Errors)
{
    /// <summary>Standard output as the one JSON document it must be.</summary>
    public JsonObject Document => Assert.IsType<JsonObject>(JsonNode.Parse(Output));

    /// <summary>The program prints to the process' own streams: call it where nothing else prints.</summary>
    public static Printed Of(params string[] arguments)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using var said = new StringWriter();
        using var complained = new StringWriter();
        Console.SetOut(said);
        Console.SetError(complained);
        try
        {
            var code = (int)typeof(FlyballHost).Assembly.EntryPoint!.Invoke(null, [arguments])!;
            return new Printed(code, said.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }

    /// <summary>The same with an exit code that is expected.</summary>
    public static JsonObject Expect(int exitCode, params string[] arguments)
    {
        var printed = Of([.. arguments, "--json"]);
        Assert.True(printed.ExitCode == exitCode, $"flyball {string.Join(' ', arguments)}: {printed.ExitCode} {printed.Output} {printed.Errors}");
        return printed.Document;
    }
}
