using System.Diagnostics;
using System.Globalization;

namespace Flyball.Benchmarks.Serving;

/// <summary>A service to compare with, as a child process on a port of its own.</summary>
internal sealed class PeerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private PeerProcess(Process process, int port) => (this.process, Address) = (process, new Uri($"http://127.0.0.1:{port}"));

    public Uri Address { get; }

    public static Task<PeerProcess> EchoAsync(int port) => StartAsync(Environment.ProcessPath!, ["echo", Text(port)], port, null);

    /// <param name="app">The module in the folder of peers.</param>
    /// <param name="model">The pickle that it loads.</param>
    public static Task<PeerProcess> FastApiAsync(string folder, string app, string model, int port) =>
        StartAsync(
            "/usr/bin/python3",
            ["-m", "uvicorn", $"{app}:app", "--app-dir", folder, "--workers", "2", "--log-level", "warning", "--no-access-log", "--port", Text(port)],
            port,
            model);

    private static async Task<PeerProcess> StartAsync(string program, string[] arguments, int port, string? model)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["PEER_MODEL"] = model;
        var peer = new PeerProcess(Process.Start(start)!, port);
        using var http = new HttpClient();
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < Patience;)
        {
            try
            {
                // Any answer will do: it listens.
                using var answer = await http.GetAsync(peer.Address);
                return peer;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} does not listen.");
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }
}
