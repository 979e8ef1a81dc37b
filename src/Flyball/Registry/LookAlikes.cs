using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Flyball.Registry;

/// <summary>
/// Whether a name reads like another one to a person.
/// <list type="number">
/// <item>Capitals, full-width forms and marks of letters are folded away.</item>
/// <item>Letters of other alphabets that are drawn like Latin ones become those.</item>
/// <item>What differs by a stroke only is one: 0 and o, 1, l and i, rn and m.</item>
/// </list>
/// The letters are those of Unicode's confusables (UTS 39) that the registry's own names could be written with; it is no full list. They are listed
/// and not normalised, because the program runs without the tables of cultures.
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

    /// <summary>The same letters with marks.</summary>
    private static readonly (char Latin, string Drawn)[] Marked =
    [
        ('a', "\u00AA\u00E0\u00E1\u00E2\u00E3\u00E4\u00E5\u0101\u0103\u0105\u01CE\u1E01"), ('c', "\u00E7\u0107\u0109\u010B\u010D\u0188\u1E09"), ('d', "\u010F\u0111\u1E0B\u1E0D\u1E0F\u1E11\u1E13"),
        ('e', "\u00E8\u00E9\u00EA\u00EB\u0113\u0115\u0117\u0119\u011B\u1E15\u1E17\u1E19\u1E1B\u1E1D"), ('h', "\u0125\u0127\u1E23\u1E25\u1E27\u1E29\u1E2B\u1E96"),
        ('i', "\u00EC\u00ED\u00EE\u00EF\u0129\u012B\u012D\u012F\u01D0\u013A\u013C\u013E\u0140\u0142\u1E2D\u1E2F"), ('m', "\u1E3F\u1E41\u1E43"), ('n', "\u00F1\u0144\u0146\u0148\u014B\u01F9\u1E45\u1E47\u1E49\u1E4B"),
        ('o', "\u00BA\u00F2\u00F3\u00F4\u00F5\u00F6\u00F8\u014D\u014F\u0151\u01D2\u1E4D\u1E4F\u1E51\u1E53"), ('p', "\u1E55\u1E57"), ('r', "\u0155\u0157\u0159\u1E59\u1E5B\u1E5D\u1E5F"),
        ('s', "\u015B\u015D\u015F\u0161\u0219\u1E61\u1E63\u1E65\u1E67\u1E69"), ('t', "\u0163\u0165\u0167\u021B\u1E6B\u1E6D\u1E6F\u1E71\u1E97"),
        ('u', "\u00F9\u00FA\u00FB\u00FC\u0169\u016B\u016D\u016F\u0171\u0173\u01D4\u1E73\u1E75\u1E77\u1E79\u1E7B"), ('v', "\u1E7D\u1E7F"),
    ];

    /// <summary>Greek capitals that look like another letter than their small forms do.</summary>
    private static readonly (char Latin, string Drawn)[] Capital = [('h', "\u0397"), ('m', "\u039C"), ('n', "\u039D")];

    private static readonly FrozenDictionary<char, char> Latin = Small.Concat(Marked).Concat(Capital).SelectMany(l => l.Drawn.Select(d => (d, l.Latin))).ToFrozenDictionary(p => p.d, p => p.Latin);

    public static bool Same(string a, string b) => string.Equals(Skeleton(a), Skeleton(b), StringComparison.Ordinal);

    private static string Skeleton(string name)
    {
        var skeleton = new StringBuilder(name.Length);
        foreach (var sent in name)
        {
            // Full-width forms stand in the order of ASCII.
            var letter = sent is >= '\uFF01' and <= '\uFF5E' ? (char)(sent - 0xFEE0) : sent;
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
}
