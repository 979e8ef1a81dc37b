using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Flyball.Registry;

/// <summary>
/// Whether a name reads like another one to a person.
/// <list type="number">
/// <item>Compatible forms, capitals and marks above letters are folded away: full-width, bold and accented letters read like plain ones.</item>
/// <item>Letters of other alphabets that are drawn like Latin ones become those.</item>
/// <item>What differs by a stroke only is one: 0 and o, 1, l and i, rn and m.</item>
/// </list>
/// The letters are those of Unicode's confusables (UTS 39) that the registry's own names could be written with; it is no full list.
/// </summary>
internal static class LookAlikes
{
    /// <summary>A Latin letter, and small ones of other alphabets that are drawn like it.</summary>
    private static readonly (char Latin, string Drawn)[] Small =
    [
        ('a', "\u0430\u03B1\u0251\u1D00"), ('c', "\u0441\u03F2\u1D04\u2CA5"), ('d', "\u0501\u1D05"), ('e', "\u0435\u03B5\u0454\u1D07\uAB32"),
        ('h', "\u04BB\u0570\u029C\u043D"), ('i', "\u0456\u03B9\u0131\u0269\u026A\u04CF\u01C0\u029F"), ('m', "\u043C\u1D0D"), ('n', "\u0578\u057C\u03B7\u0274\u043F"),
        ('o', "\u043E\u03BF\u0585\u03C3\u1D0F\u2C9F"), ('p', "\u0440\u03C1\u1D18\u2CA3"), ('r', "\u0433\u0280\u1D26"), ('s', "\u0455\uA731\u01BD"),
        ('t', "\u0442\u03C4\u1D1B"), ('u', "\u057D\u03C5\u1D1C\u028B"), ('v', "\u03BD\u0475\u1D20"),
    ];

    /// <summary>Greek capitals that look like another letter than their small forms do.</summary>
    private static readonly (char Latin, string Drawn)[] Capital = [('h', "\u0397"), ('m', "\u039C"), ('n', "\u039D")];

    private static readonly FrozenDictionary<char, char> Latin = Small.Concat(Capital).SelectMany(l => l.Drawn.Select(d => (d, l.Latin))).ToFrozenDictionary(p => p.d, p => p.Latin);

    public static bool Same(string a, string b) => string.Equals(Skeleton(a), Skeleton(b), StringComparison.Ordinal);

    private static string Skeleton(string name)
    {
        var skeleton = new StringBuilder(name.Length);
        foreach (var letter in Decomposed(name))
        {
            if (char.GetUnicodeCategory(letter) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            {
                continue;
            }

            var small = char.ToLowerInvariant(letter);
            skeleton.Append((Latin.TryGetValue(letter, out var drawn) ? drawn : Latin.GetValueOrDefault(small, small)) switch
            {
                '0' => 'o',
                '1' or 'l' or '|' => 'i',
                '5' => 's',
                var plain => plain,
            });
        }

        return skeleton.Replace("rn", "m").Replace("-", "").Replace("_", "").ToString();
    }

    private static string Decomposed(string name)
    {
        try
        {
            return name.Normalize(NormalizationForm.FormKD);
        }
        catch (ArgumentException)
        {
            // Half of a character: it reads like nothing.
            return name;
        }
    }
}
