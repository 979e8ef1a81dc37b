using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flyball.EndToEnd.Tests.Programs;

/// <summary><c>flyball up</c> as a child process, and a client of it.</summary>
internal sealed partial class FlyballServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder errors = new();
    private readonly TaskCompletionSource<Uri?> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FlyballServer(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    public HttpClient Http { get; } = new() { Timeout = Patience };

    public int ProcessId => process.Id;

    /// <summary>After its end.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Everything it wrote to standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (errors)
            {
                return errors.ToString();
            }
        }
    }

    /// <summary>Starts it without waiting for it to be ready.</summary>
    public static FlyballServer Begin(string project, string data, params string[] more) =>
        new(FlyballProgram.Start(["up", "--project", project, "--data", data, "--urls", "http://127.0.0.1:0", .. more]));

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public static async Task<FlyballServer> StartAsync(string project, string data, params string[] more)
    {
        var server = Begin(project, data, more);
        await server.ReadyAsync();
        return server;
    }

    /// <summary>Waits for the line that names the address. It ending instead fails the test with what it said.</summary>
    public async Task ReadyAsync()
    {
        var address = await ready.Task.WaitAsync(Patience);
        Assert.True(address is not null, $"the server ended without serving: {Errors}");
        Http.BaseAddress = address;
    }

    /// <summary>SIGKILL: nothing of it runs any more when this returns, and no handler of its own ran.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>True when it ended by itself within a time.</summary>
    public async Task<bool> EndsWithinAsync(TimeSpan time)
    {
        using var deadline = new CancellationTokenSource(time);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async Task<(int Status, JsonObject Body)> PostAsync(string path, string body, string type = "application/json", string? actor = null)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (actor is not null)
        {
            request.Headers.Add("X-Flyball-Actor", actor);
        }

        using var response = await Http.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync()) as JsonObject ?? []);
    }

    public async Task<JsonObject> GetAsync(string path) => (JsonObject)JsonNode.Parse(await Http.GetStringAsync(path))!;

    /// <summary>The position of the last stored record of the event log.</summary>
    public async Task<long> HorizonAsync() => (await GetAsync("/health/ready"))["horizon"]!.GetValue<long>();

    /// <summary>Ends it as an operator does, with SIGTERM.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.True(await EndsWithinAsync(Patience), "it did not stop when it was told to");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        Http.Dispose();
        process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            ready.TrySetResult(null);
            return;
        }

        lock (errors)
        {
            errors.AppendLine(line);
        }

        if (ReadyLine().Match(line) is { Success: true } match)
        {
            ready.TrySetResult(new Uri(match.Groups["url"].Value));
        }
    }

    [GeneratedRegex("^Flyball is ready at (?<url>http://[^ ]+) ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex ReadyLine();
}
