namespace Flyball.Registry;

/// <summary>What a version consists of.</summary>
public static class VersionForms
{
    /// <summary>A bundle that Flyball judged and can run.</summary>
    public const string Bundle = "bundle";

    /// <summary>Files that were logged from outside: kept and named, never run.</summary>
    public const string Files = "files";
}
