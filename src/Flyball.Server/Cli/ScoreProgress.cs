using System.Globalization;
using Flyball.Serving.Batches;

namespace Flyball.Server.Cli;

/// <summary>Tells on standard error how far a scoring is, once a second: rows, rows a second, what is left of the file and of the time.</summary>
internal sealed class ScoreProgress(TimeProvider time, TextWriter to)
{
    private readonly long started = time.GetTimestamp();
    private double? firstShare;
    private double told;

    public double Seconds => time.GetElapsedTime(started).TotalSeconds;

    public void Tell(BatchStep step)
    {
        var seconds = Seconds;
        firstShare ??= step.Share;
        if (seconds - told < 1 && told > 0)
        {
            return;
        }

        told = seconds;
        var done = step.Share - firstShare.Value;
        var left = done > 0 ? string.Create(CultureInfo.InvariantCulture, $", {TimeSpan.FromSeconds(Math.Ceiling(seconds / done * (1 - step.Share))):c} left") : "";
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step.Rows:N0} rows, {(step.Rows - step.Skipped) / seconds:N0}/s, {step.Rejected:N0} put aside, {step.Share:P0}{left}"));
    }
}
