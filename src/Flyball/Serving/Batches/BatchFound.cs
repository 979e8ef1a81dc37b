using System.Text.Json;
using Flyball.Engine.Identity;
using Flyball.Native.Posix;

namespace Flyball.Serving.Batches;

/// <summary>The mark of values that were found and count.</summary>
/// <param name="Horizon">The last position of the log that was seen.</param>
/// <param name="Sha256">Of the values.</param>
internal sealed record BatchFound(long Horizon, string Sha256)
{
    /// <summary>Makes the values durable, and then the mark.</summary>
    public static BatchFound Keep(BatchFolder folder, long horizon)
    {
        var found = new BatchFound(horizon, folder.SyncValues());
        PosixFile.ReplaceFile(MarkOf(folder), JsonSerializer.SerializeToUtf8Bytes(found, ServingJson.Options));
        return found;
    }

    /// <summary>What an interrupted run found; null when it had not come so far.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY5024: it is damaged, or was found at another horizon.</exception>
    public static BatchFound? Read(BatchFolder folder, BatchTerms terms)
    {
        var mark = MarkOf(folder);
        if (!File.Exists(mark))
        {
            return null;
        }

        try
        {
            var found = JsonSerializer.Deserialize<BatchFound>(File.ReadAllBytes(mark), ServingJson.Options);
            if (found is not null && File.Exists(folder.ValuesFile))
            {
                using var values = File.OpenRead(folder.ValuesFile);
                return Digest.Of(values).Hex != found.Sha256 ? throw BatchProblems.Damaged(folder.ValuesFile)
                    : terms.Horizon is { } asked && asked != found.Horizon ? throw BatchProblems.Other(folder.Path, "horizon")
                    : found;
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw BatchProblems.Damaged(mark);
    }

    private static string MarkOf(BatchFolder folder) => Path.Combine(folder.Path, "found.json");
}
