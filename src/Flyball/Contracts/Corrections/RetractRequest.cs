using System.Text.Json.Nodes;

namespace Flyball.Contracts.Corrections;

/// <summary>What <c>POST /v1/retractions/{source}</c> takes.</summary>
/// <param name="Reason">Why the rows never should have counted; goes into the audit log.</param>
/// <param name="Rows">Each as it was sent, or as it was last corrected: its key says which row, its entity and event time where it counts.</param>
public sealed record RetractRequest(string Reason, IReadOnlyList<JsonObject> Rows);
