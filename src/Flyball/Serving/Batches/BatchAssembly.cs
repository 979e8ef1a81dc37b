namespace Flyball.Serving.Batches;

/// <summary>Makes the result of the parts, and the file of reasons when there are any.</summary>
internal sealed class BatchAssembly(BatchTerms terms, BatchFolder folder, BatchTable table)
{
    private readonly string form = Path.GetExtension(terms.Output);

    /// <summary>Where the reasons stand: <c>OUT.rejected.csv</c> beside <c>OUT.csv</c>.</summary>
    public static string RejectedName(string output) => Path.ChangeExtension(Path.GetFullPath(output), ".rejected" + Path.GetExtension(output));

    public void Run()
    {
        var numbers = Enumerable.Range(0, folder.Parts.Count).ToList();
        var rejected = RejectedName(terms.Output);
        var aside = numbers.Where(n => folder.Parts[n].Rejected > 0).Select(folder.RejectedFile).ToList();

        // The scores come last: where they stand, everything stands.
        if (aside.Count > 0)
        {
            BatchFolder.Place(Whole("rejected", aside), rejected);
        }
        else
        {
            File.Delete(rejected);
        }

        BatchFolder.Place(Whole("scored", [.. numbers.Select(folder.ScoredFile)]), Path.GetFullPath(terms.Output));
    }

    private string Whole(string what, IReadOnlyList<string> parts)
    {
        var whole = Path.Combine(folder.Path, "whole-" + what + form);
        if (form != ".csv")
        {
            table.Concatenate(parts, whole, isRejected: what == "rejected");
            return whole;
        }

        using var into = new FileStream(whole, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        into.Write(System.Text.Encoding.UTF8.GetBytes(table.Header(isRejected: what == "rejected")));
        foreach (var part in parts)
        {
            using var from = File.OpenRead(part);
            from.CopyTo(into, 1 << 16);
        }

        return whole;
    }
}
