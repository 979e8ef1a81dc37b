using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary>Two bars for somebody who waits for a file: how much of it was sent, and how much of it went through the gate.</summary>
internal static class IngestProgress
{
    /// <summary>Both descriptions have one width: bars that move sideways cannot be read.</summary>
    private const int Width = 40;

    private const int LongestName = 18;

    public static Task<JsonObject> ShowAsync(IAnsiConsole console, FileUpload upload, string file, CancellationToken cancellation) =>
        console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var sending = progress.AddTask(Sent(file, new SentBytes(0, null)), maxValue: 1);
                var storing = progress.AddTask(Described("waiting for the server"), maxValue: 1);
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
            storing.Description = Described("looking for damage");
            return;
        }

        began ??= TimeProvider.System.GetTimestamp();
        var seconds = TimeProvider.System.GetElapsedTime(began.Value).TotalSeconds;
        storing.IsIndeterminate = false;
        storing.Value = step["share"]!.GetValue<double>();
        storing.Description = Described(seconds < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows through")
            : string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows through, {rows / seconds:N0}/s"));
    }

    private static string Sent(string file, SentBytes sent)
    {
        var name = Path.GetFileName(file);
        var shown = name.Length > LongestName ? name[..(LongestName - 3)] + "..." : name;
        return Described(sent.Of is { } all
            ? string.Create(CultureInfo.InvariantCulture, $"{shown}: {sent.Read / 1e6:N1} of {all / 1e6:N1} MB")
            : string.Create(CultureInfo.InvariantCulture, $"{shown}: {sent.Read / 1e6:N1} MB"));
    }

    private static string Described(string text) => Markup.Escape(text.PadRight(Width));
}
