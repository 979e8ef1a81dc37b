using System.Diagnostics;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Training;

namespace Flyball.Serving.Batches;

/// <summary>
/// Scores a file of any size with one version.
/// <list type="number">
/// <item>One thread reads rows, checks them and makes inputs of them; another runs the model over full batches and keeps what comes out.</item>
/// <item>Every so many rows what was done is made durable as a part, and counts from then on: a run that was killed goes on behind its last part.</item>
/// <item>At the end the parts become one file, which takes the place of the result whole.</item>
/// </list>
/// The bytes of the result follow from the file, the version and the options alone, however often the run was interrupted. Memory does not grow with
/// the file.
/// </summary>
/// <param name="version">Loaded; its scorer is used from other threads as well.</param>
public sealed class BatchScoring(ServedVersion version)
{
    private const int MostRows = 65_536;
    private const int MostBatches = 4_096;

    /// <summary>Scores the file.</summary>
    /// <param name="terms">The file and how.</param>
    /// <param name="progress">Told after each batch, on another thread than the caller's.</param>
    /// <param name="cancellation">Stops between batches; what a checkpoint covers stays.</param>
    /// <exception cref="FlyballException">FLY5020 to FLY5024: it cannot be scored so. FLY3004: the input is damaged or does not fit the contract.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public BatchResult Run(BatchTerms terms, Action<BatchStep>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(terms);
        Check(terms);
        var columns = ScoreColumns.Of(version, terms.Columns);
        using var reader = new BatchReader(version, columns, terms.Input);
        var input = DigestOf(terms.Input);
        var folder = BatchFolder.Open(terms, JobOf(terms, columns, input));
        var skipped = folder.Parts.Sum(p => p.Rows);
        using (var table = new BatchTable(version, columns, folder.Path))
        {
            reader.Skip(skipped, cancellation);
            try
            {
                using var pipeline = new BatchPipeline(version, terms, folder, table, progress);
                pipeline.Run(reader, columns, cancellation);
            }
            catch (FlyballException e) when (e.Problem.Code == "FLY5023")
            {
                folder.Remove();
                throw;
            }

            new BatchAssembly(terms, folder, table).Run();
        }

        folder.Remove();
        using var process = Process.GetCurrentProcess();
        var (rows, rejected) = (folder.Parts.Sum(p => p.Rows), folder.Parts.Sum(p => p.Rejected));
        return new BatchResult(
            rows, rows - rejected, rejected, skipped, DigestOf(terms.Output).Hex, input.Hex, rejected > 0 ? BatchAssembly.RejectedName(terms.Output) : null, process.PeakWorkingSet64);
    }

    private void Check(BatchTerms terms)
    {
        if (Path.GetExtension(terms.Output) is not (".parquet" or ".csv") || Path.GetFullPath(terms.Output) == Path.GetFullPath(terms.Input))
        {
            throw BatchProblems.Form(terms.Output);
        }

        if (terms.BatchRows is < 1 or > MostRows || terms.BatchesPerPart is < 1 or > MostBatches)
        {
            throw BatchProblems.Size("batch", MostRows);
        }

        if (version.Scorer is not BundleScorer)
        {
            throw BatchProblems.Elsewhere(version.Model);
        }

        if (version.Vector.LookedUp.Count > 0)
        {
            throw BatchProblems.LooksUp(version.Model, version.Vector.LookedUp[0]);
        }
    }

    /// <summary>Everything that decides the bytes of the parts.</summary>
    private JsonObject JobOf(BatchTerms terms, ScoreColumns columns, Digest input) => new()
    {
        ["format"] = 1,
        ["input"] = input.Hex,
        ["model"] = version.Model,
        ["version"] = version.Version,
        ["digest"] = version.Digest.Hex,
        ["features"] = version.Vector.Digest.Hex,
        ["contract"] = version.Vector.Request.Digest.Hex,
        ["columns"] = new JsonArray([.. columns.Fields.Select(f => (JsonNode)f.Name)]),
        ["batch"] = terms.BatchRows,
        ["part"] = terms.PartRows,
    };

    private static Digest DigestOf(string path)
    {
        using var file = File.OpenRead(path);
        return Digest.Of(file);
    }
}
