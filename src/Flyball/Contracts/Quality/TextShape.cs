using System.Text.Json.Serialization;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Quality;

/// <summary>A text of too many values to be categories, as it was when the reference was frozen: its blanks, its lengths, and how its values spread.</summary>
public sealed record TextShape
{
    /// <summary>Values are spread by their fingerprint over so many cells: enough to see that few values make up a batch, few enough for a batch of a hundred rows.</summary>
    internal const int SpreadCells = 16;

    /// <summary>Rows whose text is empty or white space; null is none of them.</summary>
    public required long Blanks { get; init; }

    /// <summary>Inner edges of the cells of lengths in UTF-16 units, ascending; a blank has length 0.</summary>
    public required IReadOnlyList<double> LengthEdges { get; init; }

    /// <summary>Rows by length.</summary>
    public required IReadOnlyList<long> Lengths { get; init; }

    /// <summary>Rows by a hash of the value: when few values take the place of many, the shares of the cells leave those of the reference.</summary>
    public required IReadOnlyList<long> Spread { get; init; }

    public required EffectScale BlankScale { get; init; }

    public required EffectScale LengthScale { get; init; }

    public required EffectScale SpreadScale { get; init; }

    /// <summary>Rows that are not null.</summary>
    [JsonIgnore]
    public long Present => Spread.Sum();

    internal int LengthCellOf(string text)
    {
        var length = LengthOf(text);
        var cell = 0;
        while (cell < LengthEdges.Count && length >= LengthEdges[cell])
        {
            cell++;
        }

        return cell;
    }

    internal static int LengthOf(string text) => string.IsNullOrWhiteSpace(text) ? 0 : text.Length;

    /// <summary>The fingerprints of running numbers run themselves: they are mixed by the finaliser of MurmurHash3 (Appleby).</summary>
    internal static int SpreadCellOf(in Value value)
    {
        unchecked
        {
            var bits = ColumnReference.Fingerprint(value);
            bits = (bits ^ (bits >> 33)) * 0xFF51AFD7ED558CCD;
            bits = (bits ^ (bits >> 33)) * 0xC4CEB9FE1A85EC53;
            return (int)((bits ^ (bits >> 33)) % SpreadCells);
        }
    }
}
