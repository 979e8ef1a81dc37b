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
    /// <summary>What a held batch of the file's rows is called.</summary>
    internal string HoldName => $"f{File.Short}";

    /// <summary>
    /// The name in the journal. Where rows have keys, an accepted row is known by its own; the name is needed for those put aside, and a
    /// new contract may judge these anew. Without keys only the name tells a row that is stored, so no change of the contract changes it.
    /// </summary>
    /// <param name="plan">The contract.</param>
    /// <param name="discards">How often what was held of the file was discarded: rows that are not stored any more may be sent again.</param>
    internal string KeyIn(ContractPlan plan, int discards) => string.Create(
        CultureInfo.InvariantCulture, $"imports/{plan.Source} {(plan.PrimaryKey.Count > 0 ? plan.Digest.Short : "-")} {File.Hex} {Number}{(discards > 0 ? $" after discard {discards}" : "")}");
}
