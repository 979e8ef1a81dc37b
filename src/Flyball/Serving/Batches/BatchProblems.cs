using System.Globalization;
using Flyball.Engine.Problems;

namespace Flyball.Serving.Batches;

/// <summary>What can keep a file from being scored. None of it says a value of a row.</summary>
internal static class BatchProblems
{
    public static FlyballException Form(string path) => Refuse(new Problem(
        "FLY5020", "The form of the result is not known from its name.", new ProblemLocation(Path.GetFileName(path)), "Name it .parquet or .csv, and not as the input."));

    public static FlyballException Size(string what, int most) => Refuse(new Problem(
        "FLY5020", string.Create(CultureInfo.InvariantCulture, $"A {what} has 1 to {most} rows."), new ProblemLocation(Field: what)));

    public static FlyballException UnknownColumn(string name, string source) => Refuse(new Problem(
        "FLY5021", $"'{name}' is no column of {source} that a request has.", new ProblemLocation(Field: "columns"), "Name columns of the contract, or all."));

    public static FlyballException TwoColumns(string name) => Refuse(new Problem(
        "FLY5021", $"The result would have two columns '{name}'.", new ProblemLocation(Field: "columns"), "Carry along other columns; names of results are score, prediction, probability_CLASS, decision, model_version, digest and row."));

    public static FlyballException LooksUp(string model, string feature) => Refuse(new Problem(
        "FLY5022",
        $"The model {model} looks up {feature} by key, and a file of requests is scored from the requests alone.",
        new ProblemLocation(Field: "model"),
        "Ask the server, which has the events: POST /v1/models/MODEL/predict with up to 1000 instances, or with mode=async."));

    public static FlyballException Elsewhere(string model) => Refuse(new Problem(
        "FLY5022", $"The model {model} is no model that is loaded here.", new ProblemLocation(Field: "model"), "Ask the server: POST /v1/models/MODEL/predict, or with mode=async."));

    public static FlyballException Strict(string file, RejectedRow row) => Refuse(new Problem(
        "FLY5023",
        string.Create(CultureInfo.InvariantCulture, $"Row {row.Row} breaks the contract: {row.Problems[0].Code} {row.Problems[0].Message}"),
        new ProblemLocation(file, (int?)row.Line, Field: row.Problems[0].Where?.Field),
        "Mend the file, or score it without --strict: bad rows are put aside then, with their reasons."));

    public static FlyballException Begun(string folder) => Refuse(new Problem(
        "FLY5024", "A scoring of this name was begun and not finished.", new ProblemLocation(folder), "Go on with --resume, or remove the folder to begin anew."));

    public static FlyballException Other(string folder, string what) => Refuse(new Problem(
        "FLY5024", $"The scoring that was begun is another one: it differs in {what}.", new ProblemLocation(folder), "Call it with the same file, version and options, or remove the folder to begin anew."));

    public static FlyballException Damaged(string file) => Refuse(new Problem(
        "FLY5024", "A part of the scoring that was begun is damaged.", new ProblemLocation(file), "Remove the folder it lies in, and begin anew."));

    public static Problem NotFinite { get; } = new("FLY5025", "The model gives no finite score for this row.");

    private static FlyballException Refuse(Problem problem) => new(problem);
}
