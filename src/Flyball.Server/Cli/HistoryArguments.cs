using System.CommandLine;
using System.Globalization;

namespace Flyball.Server.Cli;

/// <summary>What <c>features history</c> is asked with, and how it goes into a query.</summary>
internal sealed class HistoryArguments
{
    public Option<string?> Spine { get; } = new("--spine") { Description = "CSV, TSV or NDJSON, plain or .gz, or Parquet: the entity columns, event_time and what else is to be carried along.", HelpName = "FILE" };

    public Option<string[]> View { get; } = new("--view") { Description = "A view whose features are computed; several are allowed.", HelpName = "VIEW" };

    public Option<string?> Model { get; } = new("--model") { Description = "A model, for its own requests with their labels, instead of a spine and views.", HelpName = "MODEL" };

    public Option<string> Out { get; } = new("--out") { Description = "The result: .parquet or .csv.", HelpName = "FILE", Required = true };

    public Option<long?> Horizon { get; } = new("--horizon") { Description = "The last position of the log that may be seen; default: where the log stands.", HelpName = "SEQ" };

    public Option<string> Mode { get; } = new("--mode") { Description = "Which knowledge counts.", HelpName = "as_known|as_corrected|simulated_delay=D", DefaultValueFactory = _ => "as_known" };

    public Option<string?> Bucket { get; } = new("--bucket") { Description = "Only the entities of bucket I of N, I from 0; features concat makes the whole.", HelpName = "I/N" };

    public Option<bool> Statuses { get; } = new("--statuses") { Description = "Add a column with the status of each feature." };

    public Option<bool> AllowEmpty { get; } = new("--allow-empty") { Description = "Write the result even when no event was known at any instant." };

    public IEnumerable<Option> All => [Spine, View, Model, Out, Horizon, Mode, Bucket, Statuses, AllowEmpty];

    public string QueryOf(ParseResult parsed, string format)
    {
        List<(string Name, string? Value)> words =
        [
            .. (parsed.GetValue(View) ?? []).Select(v => ("view", (string?)v)),
            ("model", parsed.GetValue(Model)),
            ("horizon", parsed.GetValue(Horizon)?.ToString(CultureInfo.InvariantCulture)),
            ("mode", parsed.GetValue(Mode)),
            ("bucket", parsed.GetValue(Bucket)),
            ("statuses", parsed.GetValue(Statuses) ? "true" : null),
            ("allow_empty", parsed.GetValue(AllowEmpty) ? "true" : null),
            ("format", format),
        ];
        return string.Join('&', words.Where(w => w.Value is not null).Select(w => $"{w.Name}={Uri.EscapeDataString(w.Value!)}"));
    }
}
