using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Flyball.Benchmarks.Serving;

/// <summary>One run of h2load: the same body again and again.</summary>
/// <param name="PerSecond">Requests answered a second.</param>
/// <param name="MeanMilliseconds">Mean latency.</param>
internal sealed partial record H2LoadRun(double PerSecond, double MeanMilliseconds)
{
    /// <param name="url">Where the body goes.</param>
    /// <param name="body">The file that holds it.</param>
    /// <param name="way">HTTP/1.1 or HTTP/2, the connections, the requests at once on each, and the seconds.</param>
    /// <param name="headers">As <c>name: value</c>.</param>
    public static async Task<H2LoadRun> Async(Uri url, string body, (bool IsHttp1, int Connections, int Streams, int Seconds) way, params string[] headers)
    {
        string[] arguments =
        [
            "-t1", $"-c{way.Connections}", $"-m{way.Streams}", $"-D{way.Seconds}", "--warm-up-time=1", "-d", body,
            .. way.IsHttp1 ? (string[])["--h1"] : [],
            .. headers.SelectMany(h => (string[])["-H", h]),
            url.ToString(),
        ];
        using var process = Process.Start(new ProcessStartInfo("h2load", arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var counts = Counts().Match(text);
        if (!counts.Success || counts.Groups["failed"].Value != "0" || counts.Groups["errored"].Value != "0")
        {
            throw new InvalidOperationException($"{url}: {(counts.Success ? counts.Value : text)}");
        }

        var mean = Mean().Match(text);
        var scale = mean.Groups["unit"].Value switch { "us" => 1e-3, "ms" => 1, _ => 1e3 };
        return new H2LoadRun(
            double.Parse(Rate().Match(text).Groups["rate"].Value, CultureInfo.InvariantCulture),
            double.Parse(mean.Groups["mean"].Value, CultureInfo.InvariantCulture) * scale);
    }

    [GeneratedRegex(@"finished in .*, (?<rate>[0-9.]+) req/s", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Rate();

    [GeneratedRegex(@"requests: .*, (?<failed>\d+) failed, (?<errored>\d+) errored", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Counts();

    [GeneratedRegex(@"time for request:\s+\S+\s+\S+\s+(?<mean>[0-9.]+)(?<unit>us|ms|s)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Mean();
}
