namespace Flyball.Training.Datasets;

/// <summary>Rows of one part before its encodings are learned.</summary>
/// <param name="Shape">The columns.</param>
/// <param name="Values">Row-major: numbers, or the number of a category; NaN is missing.</param>
/// <param name="Labels">One a row.</param>
internal sealed record RawPart(RawShape Shape, float[] Values, float[] Labels)
{
    public int Rows => Labels.Length;

    /// <summary>The number of a row's category; null where it is missing.</summary>
    public int? CategoryOf(int row, int column) => Values[(row * Shape.Width) + column] is var value && float.IsNaN(value) ? null : (int)value;
}
