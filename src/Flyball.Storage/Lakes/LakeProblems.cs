using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Storage.Lakes;

/// <summary>What can be wrong with a lake, and what to do about it.</summary>
internal static class LakeProblems
{
    public static Problem Damaged(string file, string what) => new(
        "FLY2051",
        $"A file of the lake is not the one its manifest names: {what}.",
        new ProblemLocation(file),
        "Restore the file from a backup, or remove the table's folder: it is written again from the journal.");

    public static Problem Unreadable(string what, string reason) => new(
        "FLY2052",
        $"It cannot be read: {reason}",
        new ProblemLocation(what),
        "Restore it from a backup, or remove the table's folder: it is written again from the journal.");

    public static Problem InUse(string directory) => new(
        "FLY2053",
        "Another process writes to this lake.",
        new ProblemLocation(directory),
        "Stop that process, or read through a manifest, which needs no owner.");

    public static Problem TypeChanged(string table, LakeColumn column, LakeType before) => new(
        "FLY3251",
        $"Column {column.Name} of {table} is {before} in the lake and {column.Type} in the rows to add.",
        new ProblemLocation(Field: column.Name),
        "Give the column of the new type a new name.");

    public static Problem NotReached(string table, Horizon asked, Horizon reached) => new(
        "FLY3252",
        $"The lake has {table} up to {reached}, not yet up to {asked}.",
        Remedy: "Extend the table first.");

    public static Problem Behind(string table, Horizon asked, Horizon reached) => new(
        "FLY3253",
        $"The lake has {table} up to {reached} already; it cannot be extended to {asked}.",
        Remedy: "Ask for the manifest at that horizon.");

    public static Problem TableName(string name) => new(
        "FLY3254",
        $"'{name}' is not a table name: 1 to 128 of a-z, 0-9, '.', '_' and '-', the first a letter or digit.");

    public static Problem ColumnName(string name) => new(
        "FLY3255",
        $"The column name '{name}' is empty, too long, has a control character, or differs from another only in case.",
        new ProblemLocation(Field: name));

    public static Problem NoColumn(string table, string name) => new(
        "FLY3256",
        $"{table} has no column {name}.",
        new ProblemLocation(Field: name));
}
