using System.Text.Json.Nodes;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Corrections;

/// <summary>What became of rows that were to be taken back: <c>received = retracted + duplicates</c>.</summary>
/// <param name="Received">Rows named.</param>
/// <param name="Retracted">Rows that are taken back now, durably.</param>
/// <param name="Duplicates">Rows that were taken back before.</param>
/// <param name="Horizon">A position in the log at which none of them counts.</param>
public sealed record RetractionReport(int Received, int Retracted, int Duplicates, Horizon Horizon)
{
    public JsonObject ToJson() => new() { ["received"] = Received, ["retracted"] = Retracted, ["duplicates"] = Duplicates, ["horizon"] = Horizon.Seq };
}
