using Flyball.Engine.Problems;

namespace Flyball.Storage.Audit;

/// <summary>The audit log's refusals.</summary>
internal static class AuditProblems
{
    internal static FlyballException Differs(string file, string seen) => new(new Problem(
        "FLY2030",
        $"The audit log does not verify: {seen}",
        new ProblemLocation(file),
        "Governed actions stay refused. Keep the files as evidence and restore the log from a copy that verifies."));

    internal static FlyballException TooLarge(int bytes) => new(new Problem(
        "FLY2031",
        $"An audit entry of {bytes:N0} bytes is larger than the {TileFiles.EntryBytes:N0} of the format.",
        Remedy: "Store the content as a blob and log its digest."));

    internal static FlyballException Broken(string directory, Exception failure) => new(
        new Problem(
            "FLY2033",
            $"The audit log cannot be written: {failure.Message}",
            new ProblemLocation(directory),
            "Governed actions are refused until the process restarts on a working disk."),
        failure);
}
