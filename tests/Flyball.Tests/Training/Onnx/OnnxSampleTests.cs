using Flyball.Training.Onnx;

namespace Flyball.Tests.Training.Onnx;

/// <summary>Models of other exporters: the allow-list must not be so narrow that users' models fail.</summary>
public sealed class OnnxSampleTests
{
    [Fact]
    public void Models_of_other_exporters_pass_the_inspection()
    {
        var folder = Folder();
        Assert.SkipWhen(folder is null, "The folder shared/data/onnx with models of other exporters is not here (FLYBALL_SHARED names shared).");
        string[] files = [.. Directory.GetFiles(folder!, "*.onnx", SearchOption.AllDirectories), .. Directory.GetFiles(folder!, "*.pb", SearchOption.AllDirectories)];

        Assert.Equal(13, files.Length);
        Assert.All(files, f => Assert.Empty(OnnxInspector.Inspect(File.ReadAllBytes(f)).Problems));
    }

    [Fact]
    public void A_sample_cut_short_anywhere_is_refused()
    {
        var folder = Folder();
        Assert.SkipWhen(folder is null, "The folder shared/data/onnx with models of other exporters is not here (FLYBALL_SHARED names shared).");
        foreach (var file in Directory.GetFiles(folder!, "*.onnx", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length < 20_000))
        {
            var bytes = File.ReadAllBytes(file);
            var graph = 0;
            for (var length = 0; length < bytes.Length; length += 7)
            {
                // A cut behind the graph, between two fields, leaves a whole model without its notes.
                graph += OnnxInspector.Inspect(bytes.AsSpan(0, length)).IsAccepted ? 1 : 0;
            }

            Assert.InRange(graph, 0, 3);
        }
    }

    private static string? Folder()
    {
        var named = Environment.GetEnvironmentVariable("FLYBALL_SHARED");
        var roots = new List<string>();
        if (named is { Length: > 0 })
        {
            roots.Add(named);
        }

        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            roots.Add(Path.Combine(at.FullName, "shared"));
        }

        return roots.Select(r => Path.Combine(r, "data", "onnx")).FirstOrDefault(Directory.Exists);
    }
}
