using System.Globalization;

namespace Flyball.Training.Outside;

/// <summary>
/// Compares the columns that a file names with the model's inputs: the same in the same order. A column may leave out the view, as people who
/// trained on a table of their own do: <c>amount</c> is <c>transaction.amount</c>.
/// </summary>
internal static class InputColumns
{
    private const int MostShown = 5;

    /// <param name="columns">As the file names them; null and none compare with anything.</param>
    /// <param name="inputs">As the model's vector names them.</param>
    /// <param name="whose">Where the names stand, for the message.</param>
    /// <exception cref="Engine.Problems.FlyballException">FLY3392: a column is missing, too many, or elsewhere.</exception>
    public static void Require(IReadOnlyList<string>? columns, IReadOnlyList<string> inputs, string whose)
    {
        if (columns is not { Count: > 0 } || (columns.Count == inputs.Count && columns.Zip(inputs).All(p => IsSame(p.First, p.Second))))
        {
            return;
        }

        throw OutsideProblems.Unfit(
            string.Create(CultureInfo.InvariantCulture, $"{whose} has {columns.Count} columns and the model {inputs.Count} inputs{Differences(columns, inputs)}."),
            $"Name the features in the order of the columns: {Shown(inputs, inputs.Count)} are the inputs of the project's model.");
    }

    private static bool IsSame(string column, string input) => column == input || column == Bare(input);

    private static string Bare(string input) => input.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? input[(dot + 1)..] : input;

    private static string Differences(IReadOnlyList<string> columns, IReadOnlyList<string> inputs)
    {
        string[] missing = [.. inputs.Where(i => !columns.Any(c => IsSame(c, i)))];
        string[] foreign = [.. columns.Where(c => !inputs.Any(i => IsSame(c, i)))];
        string[] moved = missing.Length + foreign.Length > 0 ? [] : [.. columns.Zip(inputs).Where(p => !IsSame(p.First, p.Second)).Select(p => p.First)];
        return $"{Named("it lacks", missing)}{Named("the model has no", foreign)}{Named("these are elsewhere in the order:", moved)}";
    }

    private static string Named(string what, string[] names) => names.Length == 0 ? "" : $"; {what} {Shown(names, MostShown)}";

    /// <summary>Names of columns are the file's author's: cut and cleaned before they are shown.</summary>
    private static string Shown(IReadOnlyCollection<string> names, int most) =>
        string.Join(", ", names.Take(most).Select(n => new string([.. n.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)])))
        + (names.Count > most ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - most} more") : "");
}
