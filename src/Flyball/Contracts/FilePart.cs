using System.Globalization;
using Flyball.Engine.Identity;

namespace Flyball.Contracts;

/// <summary>
/// Names a batch of a file by the file's content, so that sending the file again adds nothing, whoever sends it and whatever stopped it before.
/// </summary>
/// <param name="File">Digest of the file's bytes.</param>
/// <param name="Number">Which batch of it, from 0. How a file is cut into batches follows from its content alone.</param>
public sealed record FilePart(Digest File, long Number)
{
    /// <summary>
    /// The name in the journal. Where rows have keys, an accepted row is known by its own; the name is needed for those put aside, and a
    /// new contract may judge these anew. Without keys only the name tells a row that is stored, so no change of the contract changes it.
    /// </summary>
    internal string KeyIn(ContractPlan plan) => string.Create(
        CultureInfo.InvariantCulture, $"imports/{plan.Source} {(plan.PrimaryKey.Count > 0 ? plan.Digest.Short : "-")} {File.Hex} {Number}");
}
