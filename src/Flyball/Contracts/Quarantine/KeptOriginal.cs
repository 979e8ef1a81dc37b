using System.Text;
using System.Text.Unicode;

namespace Flyball.Contracts.Quarantine;

/// <summary>What is kept of a row that was put aside. Personal values were replaced before this was made.</summary>
/// <param name="Form">How to read it.</param>
/// <param name="Text">What people see; empty when all was withheld.</param>
/// <param name="IsExact">Nothing was cut, and all of it was UTF-8: the row can be judged again.</param>
/// <param name="Bytes">Length of what was sent.</param>
/// <param name="Cells">Of a row of a delimited file: its texts by column, as a JSON object.</param>
/// <param name="Digest">Of what was withheld, under the key of tokens.</param>
internal sealed record KeptOriginal(KeptForm Form, string Text, bool IsExact, int Bytes, string? Cells = null, string? Digest = null)
{
    /// <summary>Of a row that passed its contract, and was stopped by something else.</summary>
    public static KeptOriginal OfStored(ReadOnlySpan<byte> stored) => new(KeptForm.Stored, Encoding.UTF8.GetString(stored), IsExact: true, stored.Length);

    /// <summary>The first bytes within a bound, not ending inside a character.</summary>
    public static KeptOriginal Of(KeptForm form, ReadOnlySpan<byte> utf8, int most, string? cells = null)
    {
        var kept = utf8;
        if (utf8.Length > most)
        {
            var length = most;
            while (length > 0 && (utf8[length] & 0xC0) == 0x80)
            {
                length--;
            }

            kept = utf8[..length];
        }

        var isExact = kept.Length == utf8.Length && Utf8.IsValid(utf8);
        return new KeptOriginal(form, Encoding.UTF8.GetString(kept), isExact, utf8.Length, isExact ? cells : null);
    }
}
