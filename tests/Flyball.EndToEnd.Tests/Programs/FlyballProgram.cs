using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Flyball.EndToEnd.Tests.Programs;

/// <summary>What a run of the program left behind.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    /// <summary>Standard output as the one JSON document it must be.</summary>
    public JsonObject Document => Assert.IsType<JsonObject>(JsonNode.Parse(Output));

    /// <summary>A stack trace is for the developer's eyes: nobody who runs the program is shown one.</summary>
    public ProgramRun WithoutStackTrace()
    {
        Assert.DoesNotContain("   at Flyball", Errors + Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", Errors + Output, StringComparison.OrdinalIgnoreCase);
        return this;
    }
}

/// <summary>Runs the built program as a child process.</summary>
internal static class FlyballProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Repository.Program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("FLYBALL_DATA");
        start.Environment.Remove("FLYBALL_KEY");
        return Process.Start(start)!;
    }

    public static Task<ProgramRun> RunAsync(params string[] arguments) => RunAsync(Patience, arguments);

    /// <summary>Runs it to its end.</summary>
    public static async Task<ProgramRun> RunAsync(TimeSpan patience, params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"flyball {string.Join(' ', arguments)} did not end within {patience}: {await errors}");
        }

        return new ProgramRun(process.ExitCode, await output, await errors);
    }
}
