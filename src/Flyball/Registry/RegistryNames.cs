using System.Buffers;
using System.Globalization;
using System.Text;
using Flyball.Engine.Problems;
using Flyball.Training.Tracking;

namespace Flyball.Registry;

/// <summary>What names and texts of the registry may be. Each answers null for a good one.</summary>
internal static class RegistryNames
{
    /// <summary>Names and keys in this family are the registry's own.</summary>
    public const string OwnTags = "flyball.";

    private static readonly SearchValues<char> OfPaths = SearchValues.Create("/:\\%#?@");

    private static readonly string[] ReservedAliases = [VersionStore.ChampionAlias, VersionStore.PreviousAlias, "latest"];

    private const int LongestName = 256;
    private const int LongestAlias = 255;
    private const int LongestKey = 250;
    private const int LongestValue = 100_000;
    private const int LongestText = 5_000;
    private const int LongestSource = 500;

    public static Problem? JudgeModel(string? name) =>
        string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name is "." or ".."
        || name.AsSpan().IndexOfAny(OfPaths) >= 0 || name.EnumerateRunes().Any(IsUnseen) || name.Trim() != name
            ? new Problem(
                "FLY3330", $"The name is no name of a model: 1 to {LongestName} characters, none of / : \\ % # ? @, none that is not seen or turns text round, no blanks around it.", new ProblemLocation(Field: "name"), "Choose another name.")
            : null;

    /// <summary>Characters that leave no ink or move the others: two names could look the same, or one like something else.</summary>
    private static bool IsUnseen(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate
        || (Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator && rune.Value != ' ')
        || rune == Rune.ReplacementChar
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x2800 or 0x3164 or 0xFFA0 or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    public static Problem? JudgeAlias(string? alias)
    {
        if (string.IsNullOrEmpty(alias) || alias.Length > LongestAlias || !alias.All(c => char.IsLetterOrDigit(c) || c is '_' or '-'))
        {
            return new Problem("FLY3331", $"An alias is 1 to {LongestAlias} letters, digits, _ and -.", new ProblemLocation(Field: "alias"), "Choose another alias.");
        }

        return alias.Equals("latest", StringComparison.OrdinalIgnoreCase) || (alias[0] is 'v' or 'V' && alias.Length > 1 && alias.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)
            ? new Problem("FLY3331", $"The alias {alias} is reserved.", new ProblemLocation(Field: "alias"), "latest and v with a number stand for versions already: choose another alias.")
            : null;
    }

    /// <summary>
    /// The same for an alias that is to be set: one that reads like an alias of promotions would be taken for it.
    /// One that was set before this rule can still be taken away.
    /// </summary>
    public static Problem? JudgeNewAlias(string? alias)
    {
        if (JudgeAlias(alias) is { } bad)
        {
            return bad;
        }

        var own = Array.Find(ReservedAliases, o => LookAlikes.Same(o, alias!));
        return own is null || own == alias
            ? null
            : new Problem("FLY3331", $"The alias reads like {own}.", new ProblemLocation(Field: "alias"), "Choose another alias: whoever reads it would take it for that one.");
    }

    public static IEnumerable<Problem> JudgeTag(string? key, string? value)
    {
        if (string.IsNullOrEmpty(key) || key.Length > LongestKey || key.Any(char.IsControl))
        {
            yield return new Problem("FLY3333", $"The key of a tag is 1 to {LongestKey} characters.", new ProblemLocation(Field: "key"));
        }
        else if (key.StartsWith(OwnTags, StringComparison.Ordinal))
        {
            yield return new Problem("FLY3333", $"Tags that begin with {OwnTags} are set by the registry itself.", new ProblemLocation(Field: "key"), "Choose another key.");
        }

        if (value is { Length: > LongestValue })
        {
            yield return new Problem("FLY3333", $"The value of a tag is at most {LongestValue} characters.", new ProblemLocation(Field: "value"));
        }
    }

    public static Problem? JudgeText(string? text, string field, int longest = LongestText) => text is not null && text.Length > longest
        ? new Problem("FLY3333", $"'{field}' is at most {longest} characters.", new ProblemLocation(Field: field))
        : null;

    /// <summary>An id of a run or of a logged model, of this installation or of another one; empty for none.</summary>
    public static Problem? JudgeId(string? id, string field) => string.IsNullOrEmpty(id) || TrackingLimits.IsRunId(id)
        ? null
        : new Problem("FLY3333", $"'{field}' is no id: up to 256 letters, digits, _ and -.", new ProblemLocation(Field: field));

    public static Problem? JudgeSource(string? source) =>
        string.IsNullOrEmpty(source) ? new Problem("FLY3333", "A version names its source.", new ProblemLocation(Field: "source")) : JudgeText(source, "source", LongestSource);

    /// <summary>Null for a good key of idempotency, and for none.</summary>
    public static Problem? JudgeKey(string? key) => key is not null && (key.Length is 0 or > LongestKey || key.Any(c => c is <= ' ' or > '~'))
        ? new Problem("FLY3339", $"An idempotency key is 1 to {LongestKey} printable ASCII characters.", new ProblemLocation(Field: "idempotency_key"))
        : null;
}
