using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Native.Loading;

namespace Flyball.Training;

/// <summary>
/// What program makes a run: the module ids of Flyball's own assemblies (deterministic builds give the same id for the same source),
/// the digests of the native libraries that compute, the runtime, and the instructions of the processor: with others, sums of floats may round otherwise.
/// </summary>
public static class ProgramIdentity
{
    private static readonly Lazy<JsonObject> Known = new(Read);

    /// <summary>Canonical members of the identity; part of every run id. Cost: hashes the native libraries once a process.</summary>
    public static JsonObject Describe() => (JsonObject)Known.Value.DeepClone();

    private static JsonObject Read()
    {
        var assemblies = new JsonObject();
        foreach (var type in new[] { typeof(ProgramIdentity), typeof(Engine.Time.EventTime), typeof(NativeLibraries) })
        {
            assemblies[type.Assembly.GetName().Name!] = type.Assembly.ManifestModule.ModuleVersionId.ToString("n");
        }

        var libraries = new JsonObject();
        foreach (var library in NativeLibraries.Names)
        {
            NativeLibraries.Require(library);
            using var file = File.OpenRead(MappedFile(library));
            libraries[library] = Digest.Of(file).Hex;
        }

        return new JsonObject { ["assemblies"] = assemblies, ["libraries"] = libraries, ["runtime"] = Environment.Version.ToString(), ["processor"] = Processor() };
    }

    /// <summary>What decides which kernels the libraries choose: architecture, width of a vector, and the sets of instructions that have kernels of their own.</summary>
    private static JsonObject Processor()
    {
        (string Name, bool Has)[] sets =
        [
            ("sse4.2", Sse42.IsSupported), ("avx", Avx.IsSupported), ("avx2", Avx2.IsSupported), ("fma", Fma.IsSupported), ("avx512f", Avx512F.IsSupported), ("avxvnni", AvxVnni.IsSupported),
            ("neon", AdvSimd.IsSupported), ("dotprod", Dp.IsSupported),
        ];
        return new JsonObject
        {
            ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
            ["vector_bits"] = Vector<byte>.Count * 8,
            ["sets"] = new JsonArray([.. sets.Where(s => s.Has).Select(s => (JsonNode)s.Name)]),
        };
    }

    /// <summary>The file a loaded library was mapped from: the one that computes, wherever the loader found it.</summary>
    private static string MappedFile(string library)
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var path = line.IndexOf('/', StringComparison.Ordinal);
            if (path >= 0 && Path.GetFileName(line[path..]).StartsWith($"lib{library}.so", StringComparison.Ordinal))
            {
                return line[path..];
            }
        }

        throw new FileNotFoundException($"The library {library} is loaded, and no mapped file has its name.");
    }
}
