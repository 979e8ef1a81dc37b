using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Flyball.Benchmarks.Serving;

/// <summary>One run of wrk.</summary>
/// <param name="PerSecond">Requests answered a second.</param>
/// <param name="P50">Median latency in milliseconds.</param>
/// <param name="P99">The 99th percentile of latency in milliseconds.</param>
internal sealed partial record WrkRun(double PerSecond, double P50, double P99)
{
    public static async Task<WrkRun> Async(string script, Uri address, string path, string rows, int connections, int seconds)
    {
        var start = new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "--latency", "-s", script, address.ToString(), "--", path, rows])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (Refused().Match(text) is { Success: true } refused)
        {
            throw new InvalidOperationException($"{path} on {address}: {refused.Value}");
        }

        return new WrkRun(
            double.Parse(Rate().Match(text).Groups["rate"].Value, CultureInfo.InvariantCulture),
            Milliseconds(text, "50%"),
            Milliseconds(text, "99%"));
    }

    private static double Milliseconds(string text, string quantile)
    {
        var match = Regex.Match(text, Regex.Escape(quantile) + @"\s+(?<value>[0-9.]+)(?<unit>us|ms|s)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        return double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture) * match.Groups["unit"].Value switch { "us" => 1e-3, "ms" => 1, _ => 1e3 };
    }

    [GeneratedRegex(@"Requests/sec:\s+(?<rate>[0-9.]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Rate();

    [GeneratedRegex(@"(Non-2xx or 3xx responses: \d+|Socket errors: .*)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Refused();
}
