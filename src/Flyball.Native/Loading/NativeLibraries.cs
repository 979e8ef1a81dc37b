using System.Reflection;
using System.Runtime.InteropServices;

namespace Flyball.Native.Loading;

/// <summary>
/// Finds the native libraries, each one when it is first needed, so that a missing trainer never stops serving.
/// </summary>
/// <remarks>
/// <para>1. The library's own variable (<c>FLYBALL_DUCKDB</c>, <c>FLYBALL_ONNXRUNTIME</c>, <c>FLYBALL_XGBOOST</c>) names a file: that file or none.</para>
/// <para>2. <c>FLYBALL_NATIVE</c>, a folder shaped like <c>node_modules</c>; then <c>native/node_modules</c> in this program's folder and every folder above it.</para>
/// <para>3. The plain name, as the system's loader resolves it.</para>
/// </remarks>
public static class NativeLibraries
{
    internal const string DuckDb = "duckdb";
    internal const string OnnxRuntime = "onnxruntime";
    internal const string XGBoost = "xgboost";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, nint> Loaded = new(StringComparer.Ordinal);
    private static bool resolving;

    /// <summary>The libraries this program can use, by name.</summary>
    public static IReadOnlyList<string> Names { get; } = [DuckDb, OnnxRuntime, XGBoost];

    /// <summary>Loads a library now, rather than at its first use.</summary>
    /// <param name="library">One of <see cref="Names"/>.</param>
    /// <exception cref="NativeLibraryException">The library is missing or broken.</exception>
    public static void Require(string library) => Handle(library);

    /// <summary>The places a library is looked for, in order.</summary>
    /// <param name="library">One of <see cref="Names"/>.</param>
    /// <param name="environment">Reads an environment variable; null when it is not set.</param>
    /// <param name="folder">Where the walk up to <c>native/node_modules</c> begins.</param>
    public static IReadOnlyList<string> Places(string library, Func<string, string?> environment, string folder)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var source = NativeLibrarySource.Of(library);
        if (environment(source.Variable) is { Length: > 0 } named)
        {
            return [named];
        }

        var places = new List<string>();
        if (source.PackagePath is { } path)
        {
            if (environment("FLYBALL_NATIVE") is { Length: > 0 } modules)
            {
                places.Add(Path.Combine(modules, path));
            }

            for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            {
                places.Add(Path.Combine(at.FullName, "native", "node_modules", path));
            }
        }

        places.Add(source.SoName);
        return places;
    }

    /// <summary>Loads the first place that works. Used with other arguments than this process's only to test it.</summary>
    /// <exception cref="NativeLibraryException">No place works.</exception>
    public static nint Load(string library, Func<string, string?> environment, string folder)
    {
        var attempts = new List<string>();
        foreach (var place in Places(library, environment, folder))
        {
            if (place.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) && !File.Exists(place))
            {
                attempts.Add($"{place}: no such file");
                continue;
            }

            try
            {
                return NativeLibrary.Load(place);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                attempts.Add($"{place}: {FirstLine(e.Message)}");
            }
        }

        throw new NativeLibraryException(library, attempts, NativeLibrarySource.Of(library).Remedy);
    }

    /// <summary>The library's handle, loading it at the first call. It stays loaded until the process ends.</summary>
    internal static nint Handle(string library)
    {
        lock (Gate)
        {
            if (Loaded.TryGetValue(library, out var handle))
            {
                return handle;
            }

            handle = Load(library, Environment.GetEnvironmentVariable, AppContext.BaseDirectory);
            Loaded.Add(library, handle);
            if (!resolving)
            {
                // One resolver an assembly: names it does not know go the default way.
                NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
                resolving = true;
            }

            return handle;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name is DuckDb or XGBoost ? Handle(name) : 0;

    private static string FirstLine(string message)
    {
        var end = message.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? message : message[..end];
    }
}
