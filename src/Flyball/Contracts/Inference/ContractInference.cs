using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Profiles;

namespace Flyball.Contracts.Inference;

/// <summary>
/// Drafts a contract from a file that has none: CSV or TSV (also <c>.gz</c>), JSON lines (also <c>.gz</c>), or Parquet.
/// <list type="number">
/// <item>One pass counts, for every column, what its values could be.</item>
/// <item>Each column gets the narrowest type that loses at most a sliver of its rows, ranges and lists that leave room, and one of them at most the
/// key, one the event time.</item>
/// <item>What is odd or unsure is written into the draft as a text rule, where its owner finds it.</item>
/// </list>
/// </summary>
public static class ContractInference
{
    private const int LongestName = 64;

    /// <exception cref="FlyballException">FLY3041: the file cannot be read. FLY3042: it cannot be learned from.</exception>
    /// <param name="path">The file.</param>
    /// <param name="source">Name of the source; null takes one from the file's name.</param>
    public static ContractDraft Infer(string path, string? source = null)
    {
        var name = Path.GetFileName(path);
        var (drafts, rows, file) = Draft(path);
        var findings = new List<InferredFinding>();
        if (file.RaggedRows > 0)
        {
            findings.Add(new InferredFinding(null, "ragged-rows", $"{file.RaggedRows.ToString("N0", CultureInfo.InvariantCulture)} rows have more or fewer fields than there are columns, and will be put into quarantine: perhaps a quote that is never closed."));
        }

        if (!file.HasHeader)
        {
            findings.Add(new InferredFinding(null, "no-header", "The first row is no header: the columns were given names. Name them, and put a header line before the rows."));
        }

        findings.AddRange(drafts.Where(d => d.Name != d.Seen.Name).Select(d =>
            new InferredFinding(d.Name, "renamed", $"The file calls it '{Shown(d.Seen.Name)}', which is no name of letters, digits and '_', or is taken: rows and files may go on calling it so, expressions use the name here.")));
        if (!drafts.Exists(d => d.IsEventTime))
        {
            findings.Add(new InferredFinding(null, "no-event-time", "No complete column of times: rows will be timed by their arrival."));
        }

        if (!drafts.Exists(d => d.IsKey))
        {
            findings.Add(new InferredFinding(null, "no-key", "No column looks like a key: a file that is sent twice would be stored twice."));
        }

        findings.AddRange(drafts.SelectMany(d => d.Findings));
        var chosen = source ?? SourceNameOf(name);
        return new ContractDraft(
            chosen,
            rows,
            file.HasHeader,
            DraftText.Write(chosen, name, rows, drafts, findings),
            [.. drafts.Select(d => new DraftedColumn(d.Name, d.LogicalType, d.IsRequired, Math.Round(1 - ((double)d.Seen.Present / rows), 6), d.IsKey, d.IsEventTime, d.Personal is not null))],
            findings);
    }

    /// <summary>Profiles a file under the types that <see cref="Infer"/> would draft; likely personal columns are opaque. Reads the file twice.</summary>
    /// <exception cref="FlyballException">As <see cref="Infer"/>.</exception>
    public static TableProfile Profile(string path)
    {
        var (drafts, _, _) = Draft(path);
        var profile = new TableProfile(drafts.Select(d => new ProfiledColumn(d.Name, TypeOf(d.LogicalType), d.Personal is not null)));
        using var file = RecordFile.Open(path);
        var cells = new List<Cell>();
        var row = new Value[drafts.Count];
        while (file.Next(cells))
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = i < cells.Count ? ColumnDrafting.Read(drafts[i], cells[i]) : Value.Null;
            }

            profile.Add(row);
        }

        return profile;
    }

    /// <summary>The file is closed; what it counted stays.</summary>
    private static (List<ColumnDraft> Drafts, long Rows, RecordFile File) Draft(string path)
    {
        using var file = RecordFile.Open(path);
        var hash = SipHash.Keyed();
        var columns = new List<ColumnObservation>();
        var cells = new List<Cell>();
        long rows = 0;
        while (file.Next(cells))
        {
            rows++;
            for (var i = 0; i < cells.Count; i++)
            {
                if (i == columns.Count)
                {
                    columns.Add(new ColumnObservation(file.Columns[i], hash));
                }

                columns[i].Add(cells[i]);
            }
        }

        if (rows == 0)
        {
            throw new FlyballException(new Problem("FLY3042", "The file has no rows to learn from.", new ProblemLocation(Path.GetFileName(path))));
        }

        var drafting = new ColumnDrafting(rows, new ColumnTyping(rows));
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var drafts = columns.ConvertAll(c => drafting.Draft(c, NameOf(c.Name, taken)));
        RowIdentity.Mark(drafts, rows);
        return (drafts, rows, file);
    }

    /// <summary>A name that expressions can use: letters, digits and '_', at most 64, not taken.</summary>
    private static string NameOf(string column, HashSet<string> taken)
    {
        var name = new string([.. column.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]);
        name = name.Length == 0 ? "column" : char.IsAsciiDigit(name[0]) ? "_" + name : name;
        name = name.Length > LongestName ? name[..LongestName] : name;
        for (var next = 2; !taken.Add(name); next++)
        {
            var suffix = string.Create(CultureInfo.InvariantCulture, $"_{next}");
            name = name[..Math.Min(name.Length, LongestName - suffix.Length)] + suffix;
        }

        return name;
    }

    private static string SourceNameOf(string file)
    {
        var stem = file.Split('.')[0];
        var name = new string([.. stem.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_')]);
        name = name.Length > 0 && char.IsAsciiLetter(name[0]) ? name : "source_" + name;
        return name.Length > LongestName ? name[..LongestName] : name;
    }

    private static string Shown(string name) => name.Length > LongestName ? name[..LongestName] + "..." : name;

    private static ScalarType TypeOf(string logicalType) => logicalType switch
    {
        "boolean" => ScalarType.Boolean,
        "integer" => ScalarType.Integer,
        "number" => ScalarType.Number,
        "date" or "timestamp" => ScalarType.Timestamp,
        _ => ScalarType.Text,
    };
}
