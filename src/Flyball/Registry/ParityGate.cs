using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Training.Jobs;

namespace Flyball.Registry;

/// <summary>
/// Two gates on one promise, that training and serving compute the same values.
/// <list type="number">
/// <item><c>feature_parity</c> is decided when a version is registered: the run read its sampled rows through the online path too, and every value agreed.</item>
/// <item><c>served_parity</c> is asked when a version is to be promoted: the last comparison of the model's served vectors found no feature apart.</item>
/// </list>
/// Every feature counts as exact, approximate aggregates included: their estimate is a function of the visible rows and must come out the same.
/// </summary>
internal static class ParityGate
{
    public const string ProofName = "feature_parity";
    public const string ServedName = "served_parity";

    /// <summary>The gate on what training measured.</summary>
    public static GateResult OfProof(FrozenEvaluation evaluation) => evaluation.Proof switch
    {
        null => new GateResult(ProofName, null, 0, false, "the bundle has no proof that serving computes what it was trained on: train it again"),
        { Compared: 0 } => new GateResult(ProofName, null, 0, false, "no row was compared"),
        { Mismatches: 0 } proof => new GateResult(ProofName, 0, 0, true, Invariant($"{proof.Compared} values of {proof.Rows} rows are the same bits online and offline")),
        { } proof => new GateResult(
            ProofName, proof.Mismatches, 0, false, Invariant($"{proof.Mismatches} of {proof.Compared} values differ between online and offline: {string.Join(", ", proof.Features)}")),
    };

    /// <summary>The gate on what was served.</summary>
    /// <param name="check">The last check that compared anything.</param>
    public static GateResult OfServed(ParityCheck? check) => check is null
        ? new GateResult(ServedName, null, 0, true, "no served prediction was compared yet")
        : new GateResult(
            ServedName,
            check.Compared - check.Identical,
            0,
            check.Identical == check.Compared,
            Invariant($"{check.Identical} of {check.Compared} served vectors identical, {check.CheckedAt}{(check.Features.Count == 0 ? "" : $": {string.Join(", ", check.Features)}")}"));

    /// <summary>Why the model's versions may not be promoted now; null when they may.</summary>
    public static Problem? Refusal(ParityCheck? check) => OfServed(check) is { Ok: false } gate
        ? new Problem(
            "FLY3190",
            $"The gate {ServedName} failed: {gate.Detail}.",
            new ProblemLocation(Field: ServedName),
            $"Mend what computes these features apart, then show it by a check of later predictions: flyball features parity --model {check!.Model} --from TIME.")
        : null;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
