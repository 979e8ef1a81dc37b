using System.Runtime.InteropServices;

namespace Flyball.Native.Loading;

/// <summary>Where one native library comes from.</summary>
/// <param name="Variable">Environment variable that names the file itself.</param>
/// <param name="PackagePath">Path inside a <c>node_modules</c> folder; null when no package carries it.</param>
/// <param name="SoName">Name for the system's loader.</param>
/// <param name="Remedy">What installs it.</param>
internal sealed record NativeLibrarySource(string Variable, string? PackagePath, string SoName, string Remedy)
{
    private static string Architecture => RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "x64";

    public static NativeLibrarySource Of(string library) => library switch
    {
        NativeLibraries.DuckDb => FromPackage("FLYBALL_DUCKDB", $"@duckdb/node-bindings-linux-{Architecture}/libduckdb.so", "libduckdb.so"),
        NativeLibraries.OnnxRuntime => FromPackage("FLYBALL_ONNXRUNTIME", $"onnxruntime-node/bin/napi-v6/linux/{Architecture}/libonnxruntime.so.1", "libonnxruntime.so.1"),
        NativeLibraries.XGBoost => new(
            "FLYBALL_XGBOOST",
            null,
            "libxgboost.so.0",
            "Install it with `apt-get install libxgboost0`, or name a file in FLYBALL_XGBOOST."),
        _ => throw new ArgumentException($"There is no native library named {library}.", nameof(library)),
    };

    private static NativeLibrarySource FromPackage(string variable, string path, string soName) => new(
        variable,
        path,
        soName,
        $"Install it with `cd native && npm ci --ignore-scripts`, or name a file in {variable}, or a node_modules folder in FLYBALL_NATIVE.");
}
