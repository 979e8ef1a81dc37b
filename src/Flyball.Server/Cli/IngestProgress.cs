using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Flyball.Server.Cli;

/// <summary>Two bars for somebody who waits for a file: how much of it was sent, and how much of it went through the gate.</summary>
internal static class IngestProgress
{
    private const int LongestName = 18;

    public static Task<JsonObject> ShowAsync(IAnsiConsole console, FileUpload upload, string file, CancellationToken cancellation) =>
        console.Progress()
            .AutoClear(true)
            .Columns(new SteadyDescription(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var sending = progress.AddTask(Sent(file, new SentBytes(0, null)), maxValue: 1);
                var storing = progress.AddTask("waiting for the server", maxValue: 1);
                sending.IsIndeterminate = true;
                storing.IsIndeterminate = true;
                long? began = null;
                return await upload.SendAsync(
                    file,
                    sent =>
                    {
                        sending.IsIndeterminate = sent.Share is null;
                        sending.Value = sent.Share ?? 0;
                        sending.Description = Sent(file, sent);
                    },
                    step =>
                    {
                        // The first word of the server says that it has all of the file.
                        sending.IsIndeterminate = false;
                        sending.Value = 1;
                        Show(storing, step, ref began);
                    },
                    cancellation);
            });

    private static void Show(ProgressTask storing, JsonObject step, ref long? began)
    {
        var rows = step["received"]!.GetValue<long>();
        if (rows == 0)
        {
            storing.Description = "looking for damage";
            return;
        }

        began ??= TimeProvider.System.GetTimestamp();
        var seconds = TimeProvider.System.GetElapsedTime(began.Value).TotalSeconds;
        var share = step["share"]!.GetValue<double>();
        storing.IsIndeterminate = false;
        storing.Value = share;
        storing.Description = string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows{(share >= 1 ? ", judging them" : seconds < 1 ? "" : $", {rows / seconds:N0}/s")}");
    }

    private static string Sent(string file, SentBytes sent)
    {
        var name = Path.GetFileName(file);
        var shown = name.Length > LongestName ? name[..(LongestName - 3)] + "..." : name;
        return sent.Of is { } all
            ? string.Create(CultureInfo.InvariantCulture, $"{shown}: {sent.Read / 1e6:N1} of {all / 1e6:N1} MB")
            : string.Create(CultureInfo.InvariantCulture, $"{shown}: {sent.Read / 1e6:N1} MB");
    }

    /// <summary>A description of one width: bars that move sideways cannot be read.</summary>
    private sealed class SteadyDescription : ProgressColumn
    {
        private const int Width = 40;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(task.Description).Overflow(Overflow.Ellipsis);

        public override int? GetColumnWidth(RenderOptions options) => Width;
    }
}
