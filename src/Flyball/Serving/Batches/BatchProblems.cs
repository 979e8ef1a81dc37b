using System.Globalization;
using Flyball.Engine.Problems;

namespace Flyball.Serving.Batches;

/// <summary>What can keep a file from being scored. None of it says a value of a row.</summary>
internal static class BatchProblems
{
    public static FlyballException Form(string path) => Refuse(new Problem(
        "FLY5020", "The form of the result is not known from its name.", new ProblemLocation(Path.GetFileName(path)), "Name it .parquet or .csv, so that neither it nor the file of reasons beside it, .rejected, is the input."));

    public static FlyballException Size(string what, int most) => Refuse(new Problem(
        "FLY5020", string.Create(CultureInfo.InvariantCulture, $"A {what} has 1 to {most} rows."), new ProblemLocation(Field: what)));

    public static FlyballException UnknownColumn(string name, string source) => Refuse(new Problem(
        "FLY5021", $"'{name}' is no column of {source} that a request has.", new ProblemLocation(Field: "columns"), "Name columns of the contract, or all."));

    public static FlyballException TwoColumns(string name) => Refuse(new Problem(
        "FLY5021", $"The result would have two columns '{name}'.", new ProblemLocation(Field: "columns"), "Carry along other columns; names of results are score, prediction, probability_CLASS, decision, defaulted, model_version, digest and row."));

    public static FlyballException LooksUp(string model, string feature) => Refuse(new Problem(
        "FLY5022", $"The model {model} looks up {feature} by key, and nobody was asked for its values.", new ProblemLocation(Field: "model"), "Ask a server, which has the events, for them first."));

    public static FlyballException NoDefaults(string model) => Refuse(new Problem(
        "FLY5022",
        $"The model {model} declares no values for all features it looks up, or looks none up.",
        new ProblemLocation(Field: "default-features"),
        "Declare them under serve: features: defaults with the fallback default-features, or score without --default-features."));

    public static FlyballException Strict(string file, RejectedRow row) => Refuse(new Problem(
        "FLY5023",
        string.Create(CultureInfo.InvariantCulture, $"Row {row.Row} breaks the contract: {row.Problems[0].Code} {row.Problems[0].Message}"),
        new ProblemLocation(file, (int?)row.Line, Field: row.Problems[0].Where?.Field),
        "Mend the file, or score it without --strict: bad rows are put aside then, with their reasons."));

    public static FlyballException Begun(string folder) => Refuse(new Problem(
        "FLY5024", "A scoring of this name was begun and not finished.", new ProblemLocation(folder), "Go on with --resume, or remove the folder to begin anew."));

    public static FlyballException Foreign(string folder) => Refuse(new Problem(
        "FLY5024", "Where a scoring of this name keeps its parts lies a folder that no scoring made.", new ProblemLocation(folder), "Move it away, or give the result another name."));

    public static FlyballException Busy(string folder) => Refuse(new Problem(
        "FLY5024", "A scoring of this name is at work.", new ProblemLocation(folder), "Wait for it, or give the result another name."));

    public static FlyballException Changed(string file) => Refuse(new Problem(
        "FLY5024", "The file changed while it was scored: nothing of it is kept.", new ProblemLocation(file), "Score it when nobody writes it any more."));

    public static FlyballException Other(string folder, string what) => Refuse(new Problem(
        "FLY5024", $"The scoring that was begun is another one: it differs in {what}.", new ProblemLocation(folder), "Call it with the same file, version and options, or remove the folder to begin anew."));

    public static FlyballException Damaged(string file) => Refuse(new Problem(
        "FLY5024", "A part of the scoring that was begun is damaged.", new ProblemLocation(file), "Remove the folder it lies in, and begin anew."));

    public static FlyballException Silent(string model) => Refuse(new Problem(
        "FLY5028",
        $"The model {model} does not answer: half of its last requests failed.",
        new ProblemLocation(Field: "model"),
        "See that its server answers, and go on with --resume: what a checkpoint covers is done."));

    public static Problem NotFinite { get; } = new("FLY5025", "The model gives no finite score for this row.");

    public static Problem OutOfRange { get; } = new("FLY5026", "The model's score for this row is outside of what the model's file says may be answered.", Remedy: "Look at serve: answer in the model's file; the model, not the row, may be at fault.");

    public static Problem Unanswered(string reason) => new("FLY5027", $"The model gave no score for this row: {reason}.", Remedy: "Score the row again once the model answers.");

    private static FlyballException Refuse(Problem problem) => new(problem);
}
