using Flyball.Engine.Problems;

namespace Flyball.Features.History;

/// <summary>What can be wrong with a spine, or with what is asked of it. Never names a value.</summary>
internal static class HistoryProblems
{
    public static FlyballException NoColumn(string file, string column, IEnumerable<string> known, string why) => Refuse(
        "FLY3160", $"The spine has no column {column}, {why}.", new(file, Field: column), $"It has {string.Join(", ", known)}. Rename a column, or add this one.");

    public static FlyballException TwoColumns(string file, string column) => Refuse(
        "FLY3160", $"The result would have two columns named {column} (case apart).", new(file, Field: column), "Rename the spine's column.");

    public static FlyballException Unreadable(string file, string reason, string? remedy = null) => Refuse("FLY3161", reason, new(file), remedy ?? "Write the file again.");

    /// <param name="file">The spine.</param>
    /// <param name="ordinal">The row, 0 being the first.</param>
    /// <param name="column">Whose value it is.</param>
    /// <param name="what">What is wrong with it.</param>
    /// <param name="remedy">What to do.</param>
    public static FlyballException BadValue(string file, long ordinal, string column, string what, string remedy) => Refuse(
        "FLY3162", FormattableString.Invariant($"Row {ordinal + 1} of the spine: {column} {what}."), new(file, Field: column), remedy);

    public static FlyballException BadColumn(string file, string column, string what, string remedy) => Refuse(
        "FLY3162", $"The spine's column {column} {what}.", new(file, Field: column), remedy);

    /// <summary>The trap of imported history: everything happened, and nothing was known.</summary>
    public static FlyballException NothingKnown(string source, LaneCount count) => Refuse(
        "FLY3163",
        FormattableString.Invariant($"No row of the spine would see an event of {source}: {count.Happened} of {count.Rows} have events before their instant, and all of those became known only after it. History that was imported with known_at = now looks so."),
        new(Field: "mode"),
        "Import it with --known-at event_time or a column that says when each row was known; or ask for --mode simulated_delay=D, as if each event had become known D after it happened; or --allow-empty when this is the truth.");

    private static FlyballException Refuse(string code, string message, ProblemLocation where, string remedy) => new(new Problem(code, message, where, remedy));
}
