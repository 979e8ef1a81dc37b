using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Flyball.Benchmarks.Features;

/// <summary>The built program as a child process, from its start to its end.</summary>
internal sealed partial class ServedProgram : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process process;

    private ServedProgram(Process process) => this.process = process;

    public Uri Address { get; private set; } = null!;

    /// <summary>From its start until it says that it is ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Resident memory now, in bytes.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Processor time that it has taken.</summary>
    public TimeSpan Processor
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <param name="program">Path of Flyball.Server.dll.</param>
    /// <param name="project">The project folder.</param>
    /// <param name="data">The data directory.</param>
    /// <param name="processor">The only processor it may use; null for all.</param>
    /// <param name="grpcUrl">Where it speaks gRPC; null for nowhere.</param>
    public static Task<ServedProgram> StartAsync(string program, string project, string data, int? processor = null, string? grpcUrl = null)
    {
        string[] command = ["dotnet", program, "up", "--project", project, "--data", data, "--urls", "http://127.0.0.1:0", .. grpcUrl is null ? (string[])[] : ["--grpc-urls", grpcUrl]];
        return StartAsync(processor is { } one ? ["taskset", "-c", one.ToString(CultureInfo.InvariantCulture), .. command] : command);
    }

    /// <summary>This program as a server whose loops run by themselves or do not run at all; see <see cref="Serving.HostedProgram"/>.</summary>
    public static Task<ServedProgram> StartHereAsync(string project, string data, bool loops) =>
        StartAsync([Environment.ProcessPath!, "hosted", project, data, loops ? "on" : "off"]);

    private static async Task<ServedProgram> StartAsync(string[] command)
    {
        var begun = Stopwatch.GetTimestamp();
        var started = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var ready = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        started.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                Console.Error.WriteLine(text);
                if (Listening().Match(text) is { Success: true } match)
                {
                    ready.TrySetResult(new Uri(match.Groups["url"].Value));
                }
            }
        };
        started.OutputDataReceived += (_, _) => { };
        started.BeginErrorReadLine();
        started.BeginOutputReadLine();
        var address = await ready.Task.WaitAsync(Patience);
        return new ServedProgram(started) { Address = address, ReadyAfter = Stopwatch.GetElapsedTime(begun) };
    }

    /// <summary>SIGTERM, and waits for its end.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync();
        return Stopwatch.GetElapsedTime(begun);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    [GeneratedRegex(@"ready at (?<url>http://[^ ]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Listening();
}
