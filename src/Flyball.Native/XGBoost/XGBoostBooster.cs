using System.Runtime.InteropServices;

namespace Flyball.Native.XGBoost;

/// <summary>
/// A gradient-boosted model, being trained or scored. The same parameters, matrices, seed and library on one thread
/// (<c>nthread = 1</c>) give the same bytes. Use from one thread at a time.
/// </summary>
public sealed unsafe class XGBoostBooster : IDisposable
{
    private readonly XGBoostBoosterHandle handle;

    private XGBoostBooster(XGBoostBoosterHandle handle, IReadOnlyList<string> featureNames)
    {
        this.handle = handle;
        FeatureNames = featureNames;
    }

    /// <summary>Names of the columns, saved with the model; empty when the matrices had none.</summary>
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>Version of the loaded library, such as <c>1.7.4</c>.</summary>
    public static string LibraryVersion
    {
        get
        {
            XGBoostApi.Require();
            XGBoostApi.Version(out var major, out var minor, out var patch);
            return $"{major}.{minor}.{patch}";
        }
    }

    /// <summary>An empty model.</summary>
    /// <param name="parameters">XGBoost's own names and values, such as <c>max_depth</c>. A wrong value shows at the first <see cref="Update"/>.</param>
    /// <param name="matrices">The matrices it will be trained and evaluated on.</param>
    /// <exception cref="Loading.NativeLibraryException">The library is missing.</exception>
    public static XGBoostBooster Create(IReadOnlyDictionary<string, string> parameters, params ReadOnlySpan<XGBoostMatrix> matrices)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        XGBoostApi.Require();
        XGBoostBoosterHandle made;
        using (var held = new HeldMatrices(matrices))
        {
            fixed (nint* all = held.Handles)
            {
                XGBoostApi.Check(XGBoostApi.BoosterCreate(all, (ulong)held.Handles.Length, out made));
            }
        }

        try
        {
            // In a fixed order: a dictionary has none, and the order must not reach the model's bytes.
            foreach (var (name, value) in parameters.OrderBy(p => p.Key, StringComparer.Ordinal))
            {
                XGBoostApi.Check(XGBoostApi.BoosterSet(made, name, value));
            }

            string[] names = [.. FirstNames(matrices)];
            if (names.Length > 0)
            {
                XGBoostApi.Check(XGBoostApi.BoosterSetTexts(made, "feature_name", names, (ulong)names.Length));
            }

            return new(made, names);
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Reads a model that <see cref="Save"/> wrote, in either format.</summary>
    /// <exception cref="XGBoostException">The bytes are not a model.</exception>
    public static XGBoostBooster Load(ReadOnlySpan<byte> model)
    {
        XGBoostApi.Require();
        if (model.IsEmpty)
        {
            throw new XGBoostException("The model is empty.");
        }

        XGBoostApi.Check(XGBoostApi.BoosterCreate(null, 0, out var made));
        try
        {
            fixed (byte* bytes = model)
            {
                XGBoostApi.Check(XGBoostApi.BoosterLoad(made, bytes, (ulong)model.Length));
            }

            XGBoostApi.Check(XGBoostApi.BoosterGetTexts(made, "feature_name", out var count, out var texts));
            var names = new string[count];
            for (var i = 0; i < names.Length; i++)
            {
                names[i] = Marshal.PtrToStringUTF8(texts[i]) ?? "";
            }

            return new(made, names);
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Adds the trees of one round.</summary>
    /// <param name="round">Counts from 0; it seeds the round's sampling.</param>
    /// <param name="train">With labels.</param>
    /// <exception cref="XGBoostException">A parameter or the matrix is wrong.</exception>
    public void Update(int round, XGBoostMatrix train)
    {
        CheckNames(train);
        XGBoostApi.Check(XGBoostApi.BoosterUpdate(handle, round, train.Handle));
    }

    /// <summary>The metrics of one round as XGBoost writes them: <c>[3]\ttrain-logloss:0.41\tvalid-logloss:0.44</c>.</summary>
    public string Evaluate(int round, params ReadOnlySpan<(string Name, XGBoostMatrix Matrix)> sets)
    {
        var matrices = new XGBoostMatrix[sets.Length];
        var names = new string[sets.Length];
        for (var i = 0; i < sets.Length; i++)
        {
            (names[i], matrices[i]) = sets[i];
        }

        using var held = new HeldMatrices(matrices);
        fixed (nint* all = held.Handles)
        {
            XGBoostApi.Check(XGBoostApi.BoosterEvaluate(handle, round, all, names, (ulong)names.Length, out var text));
            return Marshal.PtrToStringUTF8(text) ?? "";
        }
    }

    /// <summary>Scores, rows x groups; one group unless the objective has several classes.</summary>
    /// <param name="matrix">With the columns of the training matrix.</param>
    /// <param name="margin">Before the objective's link, as contributions add up to it.</param>
    public float[] Predict(XGBoostMatrix matrix, bool margin = false) => Predict(matrix, margin ? 1 : 0);

    /// <summary>
    /// Exact TreeSHAP values, rows x groups x (columns + 1); the last of each is the bias, and a row sums to its margin.
    /// Cost: about depth squared times trees a row.
    /// </summary>
    public float[] PredictContributions(XGBoostMatrix matrix) => Predict(matrix, 2);

    /// <summary>Writes the model, without the parameters of training.</summary>
    public byte[] Save(XGBoostFormat format)
    {
        var configuration = format switch
        {
            XGBoostFormat.Json => """{"format":"json"}""",
            XGBoostFormat.Ubj => """{"format":"ubj"}""",
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
        XGBoostApi.Check(XGBoostApi.BoosterSave(handle, configuration, out var length, out var bytes));

        // The library owns them until its next call on this booster.
        var saved = new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();
        GC.KeepAlive(this);
        return saved;
    }

    public void Dispose() => handle.Dispose();

    private float[] Predict(XGBoostMatrix matrix, int type)
    {
        CheckNames(matrix);

        // An iteration range of 0 to 0 is every round.
        var configuration = $$"""{"type":{{type}},"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":true}""";
        XGBoostApi.Check(XGBoostApi.BoosterPredict(handle, matrix.Handle, configuration, out var shape, out var rank, out var values));
        var count = 1;
        for (ulong i = 0; i < rank; i++)
        {
            count = checked(count * (int)shape[i]);
        }

        var predicted = new ReadOnlySpan<float>(values, count).ToArray();
        GC.KeepAlive(this);
        return predicted;
    }

    private static IReadOnlyList<string> FirstNames(ReadOnlySpan<XGBoostMatrix> matrices)
    {
        foreach (var matrix in matrices)
        {
            if (matrix.FeatureNames.Count > 0)
            {
                return matrix.FeatureNames;
            }
        }

        return [];
    }

    /// <summary>The library itself compares only the number of columns: two features in another order would pass.</summary>
    private void CheckNames(XGBoostMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (FeatureNames.Count == 0 || matrix.FeatureNames.Count == 0 || FeatureNames.SequenceEqual(matrix.FeatureNames, StringComparer.Ordinal))
        {
            return;
        }

        var at = 0;
        while (at < FeatureNames.Count && at < matrix.FeatureNames.Count && FeatureNames[at] == matrix.FeatureNames[at])
        {
            at++;
        }

        var given = at < matrix.FeatureNames.Count ? matrix.FeatureNames[at] : "nothing";
        var expected = at < FeatureNames.Count ? FeatureNames[at] : "nothing";
        throw new XGBoostException($"The matrix does not have the model's columns: {given} stands where {expected} should.");
    }

    /// <summary>Keeps matrices from being released while an array of their handles is in use.</summary>
    private readonly ref struct HeldMatrices
    {
        private readonly ReadOnlySpan<XGBoostMatrix> matrices;

        public HeldMatrices(ReadOnlySpan<XGBoostMatrix> matrices)
        {
            this.matrices = matrices;
            Handles = new nint[matrices.Length];
            for (var i = 0; i < matrices.Length; i++)
            {
                var held = false;
                matrices[i].Handle.DangerousAddRef(ref held);
                Handles[i] = matrices[i].Handle.DangerousGetHandle();
            }
        }

        public nint[] Handles { get; }

        public void Dispose()
        {
            foreach (var matrix in matrices)
            {
                matrix.Handle.DangerousRelease();
            }
        }
    }
}
