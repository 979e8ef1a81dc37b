namespace Flyball.Native.XGBoost;

/// <summary>Rows to train on or to score, in XGBoost's own memory.</summary>
public sealed unsafe class XGBoostMatrix : IDisposable
{
    private XGBoostMatrix(XGBoostMatrixHandle handle, int rows, int columns)
    {
        Handle = handle;
        Rows = rows;
        Columns = columns;
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Names of the columns; empty when none were given.</summary>
    public IReadOnlyList<string> FeatureNames { get; private set; } = [];

    internal XGBoostMatrixHandle Handle { get; }

    /// <summary>Copies rows. Cost: linear in their number.</summary>
    /// <param name="rowMajor">Row r, column c at <c>r * columns + c</c>.</param>
    /// <param name="rows">How many rows, 0 or more.</param>
    /// <param name="columns">How many columns, 1 or more.</param>
    /// <param name="missing">The value that stands for a missing one.</param>
    /// <exception cref="XGBoostException">A value is infinite.</exception>
    /// <exception cref="Loading.NativeLibraryException">The library is missing.</exception>
    public static XGBoostMatrix FromDense(ReadOnlySpan<float> rowMajor, int rows, int columns, float missing = float.NaN)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (rowMajor.Length != (long)rows * columns)
        {
            throw new ArgumentException($"{rows} rows of {columns} columns are not {rowMajor.Length} values.", nameof(rowMajor));
        }

        XGBoostApi.Require();
        fixed (float* values = rowMajor)
        {
            XGBoostApi.Check(XGBoostApi.MatrixFromDense(values, (ulong)rows, (ulong)columns, missing, out var handle));
            return new(handle, rows, columns);
        }
    }

    /// <summary>Sets what is to be learned, one value a row.</summary>
    public void SetLabels(ReadOnlySpan<float> labels) => SetFloats("label", labels);

    /// <summary>Sets how much each row counts, one value a row.</summary>
    public void SetWeights(ReadOnlySpan<float> weights) => SetFloats("weight", weights);

    /// <summary>Sets the groups of a ranking: how many rows each has, one group after the other.</summary>
    /// <exception cref="XGBoostException">They do not add up to the rows.</exception>
    public void SetGroups(ReadOnlySpan<uint> sizes)
    {
        long rows = 0;
        foreach (var size in sizes)
        {
            rows += size;
        }

        if (rows != Rows)
        {
            throw new XGBoostException($"Groups of {rows} rows were given for {Rows} rows.");
        }

        fixed (uint* all = sizes)
        {
            XGBoostApi.Check(XGBoostApi.MatrixSetWholes(Handle, "group", all, (ulong)sizes.Length));
        }
    }

    /// <summary>Names the columns; a booster created with them refuses a matrix with others.</summary>
    /// <exception cref="XGBoostException">Their number is wrong.</exception>
    public void SetFeatureNames(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count != Columns)
        {
            throw new XGBoostException($"{names.Count} names were given for {Columns} columns.");
        }

        string[] copy = [.. names];
        XGBoostApi.Check(XGBoostApi.MatrixSetTexts(Handle, "feature_name", copy, (ulong)copy.Length));
        FeatureNames = copy;
    }

    public void Dispose() => Handle.Dispose();

    private void SetFloats(string field, ReadOnlySpan<float> values)
    {
        if (values.Length != Rows)
        {
            throw new XGBoostException($"{values.Length} values of {field} were given for {Rows} rows.");
        }

        fixed (float* all = values)
        {
            XGBoostApi.Check(XGBoostApi.MatrixSetFloats(Handle, field, all, (ulong)values.Length));
        }
    }
}
