namespace Flyball.Native.Loading;

/// <summary>A native library is missing or cannot be loaded. The message names every place looked in and what installs it.</summary>
public sealed class NativeLibraryException : Exception
{
    /// <param name="library">The library's name, such as <c>duckdb</c>.</param>
    /// <param name="attempts">Each place looked in, with what was found there.</param>
    /// <param name="remedy">What to do next.</param>
    public NativeLibraryException(string library, IReadOnlyList<string> attempts, string remedy)
        : base($"The native library {library} could not be loaded. Looked in:{string.Concat(attempts.Select(a => $"{Environment.NewLine}  {a}"))}{Environment.NewLine}{remedy}")
    {
        Library = library;
        Attempts = attempts;
        Remedy = remedy;
    }

    /// <summary>The library's name, such as <c>duckdb</c>.</summary>
    public string Library { get; }

    /// <summary>Each place looked in, in order, with what was found there.</summary>
    public IReadOnlyList<string> Attempts { get; }

    /// <summary>What to do next.</summary>
    public string Remedy { get; }
}
