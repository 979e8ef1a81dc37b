using System.CommandLine;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Serving.Batches;

namespace Flyball.Server.Cli;

/// <summary>What <c>flyball score</c> is called with, beside the version.</summary>
internal sealed class ScoreArguments
{
    public Argument<string> In { get; } = new("IN") { Description = "The requests: CSV, TSV or NDJSON, plain or .gz, or Parquet." };

    public Argument<string> Out { get; } = new("OUT") { Description = "The scores: .parquet or .csv; one that is there is replaced." };

    public Option<string?> Columns { get; } = new("--columns") { Description = "Columns of the contract to carry along, or all; default: its key.", HelpName = "all|NAME,.." };

    public Option<int> Batch { get; } = new("--batch") { Description = "Rows that go through the model at once.", HelpName = "N", DefaultValueFactory = _ => 4_096 };

    public Option<int> RemoteBatch { get; } = new("--remote-batch") { Description = "Rows that go to a model on another server in one request.", HelpName = "N", DefaultValueFactory = _ => 64 };

    public Option<string?> At { get; } = new("--at") { Description = "The instant of requests that state none; default: when the scoring begins.", HelpName = "TIME" };

    public Option<long?> Horizon { get; } = new("--horizon") { Description = "The last position of the log that features may see; default: where the log stands.", HelpName = "SEQ" };

    public Option<bool> AllowEmpty { get; } = new("--allow-empty") { Description = "Score even when no request finds a known event." };

    public Option<bool> DefaultFeatures { get; } = new("--default-features") { Description = "Take the values that the model's file declares for features, and ask for none." };

    public Option<bool> Strict { get; } = new("--strict") { Description = "Refuse the file at its first bad row, instead of putting bad rows aside." };

    public Option<bool> Resume { get; } = new("--resume") { Description = "Go on where an interrupted scoring of the same file stood." };

    public IEnumerable<Option> Options => [Columns, Batch, RemoteBatch, At, Horizon, AllowEmpty, DefaultFeatures, Strict, Resume];

    public BatchTerms TermsOf(ParseResult parsed) => new()
    {
        Input = parsed.GetValue(In)!,
        Output = parsed.GetValue(Out)!,
        Columns = parsed.GetValue(Columns)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
        BatchRows = parsed.GetValue(Batch),
        RemoteRows = parsed.GetValue(RemoteBatch),
        At = parsed.GetValue(At) is { } text ? InstantOf(text) : null,
        Horizon = parsed.GetValue(Horizon),
        AllowsEmpty = parsed.GetValue(AllowEmpty),
        UsesDefaultFeatures = parsed.GetValue(DefaultFeatures),
        IsStrict = parsed.GetValue(Strict),
        Resumes = parsed.GetValue(Resume),
    };

    private static EventTime InstantOf(string text) => BatchTerms.TryReadInstant(text, out var at) ? at : throw new FlyballException(new Problem(
        "FLY5029", "The instant is no time with an offset.", new ProblemLocation(Field: "--at"), "Write RFC 3339, such as 2026-01-31T13:45:00Z."));
}
