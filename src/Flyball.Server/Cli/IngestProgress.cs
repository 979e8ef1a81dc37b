using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary>Two bars for somebody who waits for a file: how much of it was sent, and how much of it went through the gate.</summary>
internal static class IngestProgress
{
    public static Task<JsonObject> ShowAsync(IAnsiConsole console, FileUpload upload, string file, CancellationToken cancellation) =>
        console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var name = Markup.Escape(Path.GetFileName(file));
                var size = new FileInfo(file) is { Exists: true } found ? found.Length : 0;
                var sending = progress.AddTask(string.Create(CultureInfo.InvariantCulture, $"{name}: {size / 1e6:N1} MB sent"), maxValue: 1);
                var storing = progress.AddTask("rows stored", maxValue: 1);
                long? began = null;
                return await upload.SendAsync(
                    file,
                    share => sending.Value = share,
                    step =>
                    {
                        began ??= TimeProvider.System.GetTimestamp();
                        var rows = step["received"]!.GetValue<long>();
                        var seconds = TimeProvider.System.GetElapsedTime(began.Value).TotalSeconds;
                        storing.Value = step["share"]!.GetValue<double>();
                        storing.Description = string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, {(seconds > 0 ? rows / seconds : 0):N0} rows/s");
                    },
                    cancellation);
            });
}
