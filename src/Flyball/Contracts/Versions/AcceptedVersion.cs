using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Versions;

/// <summary>
/// What the custom property <c>accepts: { version: 1.2.0, until: 2026-12-31T00:00:00Z }</c> of a contract asks for: rows of an earlier version
/// are taken beside its own for a while.
/// </summary>
/// <param name="Version">The earlier version, as it was applied.</param>
/// <param name="Until">The first instant at which it is not accepted any more.</param>
public sealed record AcceptedVersion(string Version, EventTime Until)
{
    /// <summary>Null when the contract accepts no other version.</summary>
    /// <exception cref="FlyballException">FLY1270: the property does not say both a version and a time.</exception>
    public static AcceptedVersion? Read(ContractPlan plan)
    {
        if (!ContractDifference.CustomOf(plan.Definition.Document).TryGetValue("accepts", out var value) || value is null)
        {
            return null;
        }

        if (value is JsonObject { Count: 2 } asked && asked["version"] is JsonValue version && asked["until"] is JsonValue until
            && Rfc3339.TryRead(Encoding.UTF8.GetBytes(until.ToString()), out var micros))
        {
            return new AcceptedVersion(version.ToString(), new EventTime(micros));
        }

        throw new FlyballException(new Problem(
            "FLY1270",
            $"The contract of {plan.Source} does not say which earlier version it accepts, and until when.",
            new ProblemLocation(plan.Definition.Where.File, Field: "customProperties"),
            "Write accepts as { version: 1.2.0, until: 2026-12-31T00:00:00Z }."));
    }
}
