using System.Text;

namespace Flyball.Contracts.Odcs;

/// <summary>
/// A <c>pattern</c> of the standard means what ECMA-262 says, as in JSON Schema; .NET reads three signs otherwise: its <c>$</c> also
/// matches before a last line feed, and its <c>\d</c> and <c>\w</c> take the digits and letters of every script.
/// </summary>
internal static class EcmaPattern
{
    /// <summary>The same pattern in the words of .NET.</summary>
    public static string ToDotNet(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 8);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                text.Append(Escape(pattern[++i], inClass));
                continue;
            }

            inClass = c switch { '[' => true, ']' => false, _ => inClass };
            text.Append(c == '$' && !inClass ? @"\z" : c.ToString());
        }

        return text.ToString();
    }

    private static string Escape(char c, bool inClass) => c switch
    {
        'd' => inClass ? "0-9" : "[0-9]",
        'w' => inClass ? "A-Za-z0-9_" : "[A-Za-z0-9_]",
        'D' when !inClass => "[^0-9]",
        'W' when !inClass => "[^A-Za-z0-9_]",
        _ => $@"\{c}",
    };
}
