using Flyball.Contracts.Rows;
using Flyball.Contracts.Versions;

namespace Flyball.Contracts.Ingestion;

/// <summary>What a file of rows is read with.</summary>
/// <param name="Plan">The contract.</param>
/// <param name="KnownAt">The column that says when each row was known; null for none.</param>
/// <param name="Earlier">The version accepted beside the contract; null for none.</param>
/// <param name="CountsLines">Lines are counted, for whoever looks for damage; it costs a little.</param>
/// <param name="Unknown">Position of the column that a request cannot know: it may be absent, and what stands there is dropped; -1 for none.</param>
/// <param name="Requests">Of requests: what they may lack, and have beside the contract; null for the contract alone.</param>
internal sealed record EventFileTerms(ContractPlan Plan, KnownAtColumn? KnownAt = null, EarlierReader? Earlier = null, bool CountsLines = false, int Unknown = -1, RequestPolicy? Requests = null);
