using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flyball.Training.Forests;

/// <summary>A node of a <see cref="Forest"/>, sixteen bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ForestNode
{
    private readonly int feature;

    private ForestNode(float threshold, int feature, int first, float value) => (Threshold, this.feature, First, Value) = (threshold, feature, first, value);

    /// <summary>NaN of a leaf.</summary>
    public float Threshold { get; }

    /// <summary>What a leaf adds.</summary>
    public float Value { get; }

    public int Feature => feature & int.MaxValue;

    /// <summary>Of the child for inputs below the threshold; the other one stands behind it. A leaf's is itself.</summary>
    public int First { get; }

    public bool IsLeaf => float.IsNaN(Threshold);

    /// <param name="missingBelow">Whether a missing input goes the way of those below the threshold.</param>
    public static ForestNode Branch(int feature, float threshold, bool missingBelow, int first) => new(threshold, missingBelow ? feature | int.MinValue : feature, first, 0);

    /// <summary>Compares with NaN, which nothing reaches: it leads to itself whatever the input.</summary>
    public static ForestNode Leaf(int itself, float value) => new(float.NaN, int.MinValue, itself, value);

    /// <summary>Where a row goes from here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(ReadOnlySpan<float> row)
    {
        var x = row[feature & int.MaxValue];

        // A missing input is not at or above anything; where it goes there all the same, nothing is skipped: a branch would be guessed wrong half of the time.
        var beyond = (x >= Threshold) | (float.IsNaN(x) & (feature >= 0));
        return First + (beyond ? 1 : 0);
    }
}
