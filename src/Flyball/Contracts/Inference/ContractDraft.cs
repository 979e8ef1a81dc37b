namespace Flyball.Contracts.Inference;

/// <summary>A contract drafted from a file: a beginning for its owner, who decides.</summary>
/// <param name="Source">Name of the source.</param>
/// <param name="Rows">Rows of the file.</param>
/// <param name="HasHeader">False when the columns had no names; the gate needs a header line of the draft's names then.</param>
/// <param name="Yaml">The contract file.</param>
/// <param name="Columns">What was drafted, column by column.</param>
/// <param name="Findings">What to look at, in the order of columns.</param>
public sealed record ContractDraft(
    string Source, long Rows, bool HasHeader, string Yaml, IReadOnlyList<DraftedColumn> Columns, IReadOnlyList<InferredFinding> Findings);
