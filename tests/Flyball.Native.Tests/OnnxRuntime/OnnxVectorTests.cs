using System.Globalization;
using System.Text.Json;

using Flyball.Native.OnnxRuntime;

namespace Flyball.Native.Tests.OnnxRuntime;

/// <summary>Models of other converters, with labels, maps, texts and doubles, give their published answers.</summary>
public sealed class OnnxVectorTests
{
    private const string Absent = "The folder shared/data/onnx with models of other converters is not here (FLYBALL_SHARED names shared).";

    [Fact]
    public void Models_of_other_converters_give_their_published_answers()
    {
        var folder = Folder();
        Assert.SkipWhen(folder is null, Absent);
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder!, "vectors.json")));
        foreach (var vector in vectors.RootElement.EnumerateArray())
        {
            using var session = OnnxSession.Load(File.ReadAllBytes(Path.Combine(folder!, vector.GetProperty("model").GetString()!)));
            var inputs = session.Inputs.ToDictionary(i => i.Name, i => Tensor(i.ElementType, vector.GetProperty("inputs").GetProperty(i.Name)), StringComparer.Ordinal);
            var found = session.Run(inputs);
            foreach (var expected in vector.GetProperty("expected").EnumerateObject())
            {
                Agree(expected.Value, found[expected.Name], vector.GetProperty("tolerance").GetDouble());
            }
        }

        Assert.Equal(7, vectors.RootElement.GetArrayLength());
    }

    [Fact]
    public void Every_model_says_what_it_takes_and_runs_on_zeros()
    {
        var folder = Folder();
        Assert.SkipWhen(folder is null, Absent);
        string[] files = [.. Directory.GetFiles(folder!, "*.onnx", SearchOption.AllDirectories), .. Directory.GetFiles(folder!, "*.pb", SearchOption.AllDirectories)];
        foreach (var file in files)
        {
            using var session = OnnxSession.Load(File.ReadAllBytes(file));
            Assert.All(session.Inputs, i => Assert.Equal((OnnxValueKind.Tensor, i.Dimensions.Count), (i.Kind, i.Symbols.Count)));
            var rows = session.Inputs.Select(i => i.FixedRows).Max() ?? 2;
            var answers = session.Run(session.Inputs.ToDictionary(i => i.Name, i => RuntimeTensor.Zeros(i.ElementType, Shape(i, rows, file)), StringComparer.Ordinal));
            Assert.Equal(session.Outputs.Select(o => o.Name).Order(StringComparer.Ordinal), answers.Keys.Order(StringComparer.Ordinal));
        }

        Assert.Equal(13, files.Length);
    }

    [Fact]
    public void A_model_of_a_fixed_batch_refuses_one_row_and_names_the_batch()
    {
        var folder = Folder();
        Assert.SkipWhen(folder is null, Absent);
        using var session = OnnxSession.Load(File.ReadAllBytes(Path.Combine(folder!, "ort", "logreg_iris.onnx")));

        var error = Assert.Throws<OnnxRuntimeException>(() => session.Run(new Dictionary<string, RuntimeTensor>(StringComparer.Ordinal) { ["float_input"] = RuntimeTensor.Of<float>([1, 2], 1, 2) }));
        Assert.Contains("exactly 3 rows at a time and was given 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequence_of_maps_is_described_with_its_keys_and_values()
    {
        var folder = Folder();
        Assert.SkipWhen(folder is null, Absent);
        using var session = OnnxSession.Load(File.ReadAllBytes(Path.Combine(folder!, "ankane", "lightgbm.onnx")));
        Assert.Equal("probabilities Sequence(Map(Int64, Float[]))", session.Outputs[1].ToString());
    }

    /// <summary>A model may also leave the number of dimensions open.</summary>
    private static IReadOnlyList<long> Shape(OnnxTensorInfo input, long rows, string file) => input.Dimensions.Count == 0
        ? [rows, Width(file)]
        : [.. input.Dimensions.Select((d, n) => d >= 0 ? d : n == 0 ? rows : Width(file))];

    /// <summary>Columns of a model that leaves them open.</summary>
    private static long Width(string file) => file.EndsWith("skl_lr_mnist.onnx", StringComparison.Ordinal) ? 784 : file.EndsWith("zipmap_int64float.onnx", StringComparison.Ordinal) ? 3 : 32;

    private static void Agree(JsonElement expected, RuntimeValue found, double tolerance)
    {
        if (found is RuntimeSequence sequence)
        {
            Assert.Equal(expected.GetArrayLength(), sequence.Items.Count);
            foreach (var (row, map) in expected.EnumerateArray().Zip(sequence.Items.Cast<RuntimeMap>()))
            {
                Assert.Equal(row.EnumerateObject().Select(p => long.Parse(p.Name, CultureInfo.InvariantCulture)), map.Keys.Values<long>().ToArray());
                Agree(row.EnumerateObject().Select(p => p.Value.GetDouble()), map.Values, tolerance);
            }
        }
        else
        {
            Agree(Flat(expected).Select(v => v.GetDouble()), Assert.IsType<RuntimeTensor>(found), tolerance);
        }
    }

    private static void Agree(IEnumerable<double> expected, RuntimeTensor found, double tolerance)
    {
        double[] wanted = [.. expected];
        Assert.Equal(wanted.Length, found.Count);
        for (var i = 0; i < wanted.Length; i++)
        {
            Assert.InRange(found.NumberAt(i), wanted[i] - tolerance, wanted[i] + tolerance);
        }
    }

    private static RuntimeTensor Tensor(OnnxElementType type, JsonElement values)
    {
        List<long> shape = [];
        for (var at = values; at.ValueKind == JsonValueKind.Array; at = at[0])
        {
            shape.Add(at.GetArrayLength());
        }

        JsonElement[] flat = [.. Flat(values)];
        return type switch
        {
            OnnxElementType.Float => RuntimeTensor.Of([.. flat.Select(v => (float)v.GetDouble())], shape),
            OnnxElementType.Double => RuntimeTensor.Of([.. flat.Select(v => v.GetDouble())], shape),
            OnnxElementType.Int64 => RuntimeTensor.Of([.. flat.Select(v => (long)v.GetDouble())], shape),
            OnnxElementType.Text => RuntimeTensor.Of([.. flat.Select(v => v.GetString()!)], shape),
            _ => throw new NotSupportedException($"No vector had {type} before."),
        };
    }

    private static IEnumerable<JsonElement> Flat(JsonElement values) => values.ValueKind == JsonValueKind.Array ? values.EnumerateArray().SelectMany(Flat) : [values];

    private static string? Folder()
    {
        var named = Environment.GetEnvironmentVariable("FLYBALL_SHARED");
        var roots = named is { Length: > 0 } ? [named] : Above(AppContext.BaseDirectory).Select(d => Path.Combine(d, "shared"));
        return roots.Select(r => Path.Combine(r, "data", "onnx")).FirstOrDefault(d => File.Exists(Path.Combine(d, "vectors.json")));
    }

    private static IEnumerable<string> Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            yield return at.FullName;
        }
    }
}
