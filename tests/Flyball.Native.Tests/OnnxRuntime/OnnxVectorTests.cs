using System.Text.Json;

using Flyball.Native.OnnxRuntime;

namespace Flyball.Native.Tests.OnnxRuntime;

/// <summary>Models of other converters: those of the shape served today give their published answers, the others say what they have.</summary>
public sealed class OnnxVectorTests
{
    [Fact]
    public void Models_of_other_converters_give_their_published_answers_or_are_refused_by_shape()
    {
        var folder = Folder();
        Assert.SkipWhen(folder is null, "The folder shared/data/onnx with models of other converters is not here (FLYBALL_SHARED names shared).");
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder!, "vectors.json")));
        var (scored, refused) = (0, 0);
        foreach (var vector in vectors.RootElement.EnumerateArray())
        {
            using var session = OnnxSession.Load(File.ReadAllBytes(Path.Combine(folder!, vector.GetProperty("model").GetString()!)));
            Assert.Equal(vector.GetProperty("inputs").EnumerateObject().Select(i => i.Name), session.Inputs.Select(i => i.Name));
            Assert.Superset(vector.GetProperty("expected").EnumerateObject().Select(o => o.Name).ToHashSet(), session.Outputs.Select(o => o.Name).ToHashSet());
            if (session is { Inputs: [{ ElementType: OnnxElementType.Float, Dimensions.Count: 2 }], Outputs: [{ ElementType: OnnxElementType.Float, Dimensions: [_] or [_, 1] }] })
            {
                Score(session, vector);
                scored++;
                continue;
            }

            var error = Assert.Throws<OnnxRuntimeException>(() => session.Bind(1));
            Assert.Contains(session.Inputs.Concat(session.Outputs), t => error.Message.Contains(t.ToString(), StringComparison.Ordinal));
            refused++;
        }

        Assert.True(scored + refused >= 7, $"Only {scored + refused} models were seen.");
    }

    private static void Score(OnnxSession session, JsonElement vector)
    {
        var rows = vector.GetProperty("inputs").EnumerateObject().Single().Value.EnumerateArray().Select(Row).ToArray();
        using var binding = session.Bind(rows.Length);
        rows.SelectMany(r => r).Select(v => (float)v).ToArray().CopyTo(binding.Input);
        binding.Run(rows.Length);
        var answers = vector.GetProperty("expected").EnumerateObject().Single().Value.EnumerateArray().Select(a => a.ValueKind == JsonValueKind.Array ? a[0] : a).ToArray();
        for (var r = 0; r < rows.Length; r++)
        {
            Assert.Equal(answers[r].GetDouble(), binding.Output[r], Math.Max(1e-6, vector.GetProperty("tolerance").GetDouble()));
        }
    }

    private static IEnumerable<double> Row(JsonElement row) => row.EnumerateArray().Select(v => v.GetDouble());

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
