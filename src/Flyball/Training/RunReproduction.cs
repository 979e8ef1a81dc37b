using System.Text.Json.Nodes;
using Flyball.Engine.Identity;

namespace Flyball.Training;

/// <summary>That a run was made again, and what came out. Only ever appended to; the last one of a run counts.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Actor">Who asked for it.</param>
/// <param name="MadeAt">When it was done, RFC 3339.</param>
/// <param name="Bundle">Digest of the run's bundle.</param>
/// <param name="Again">Digest of the bundle that came out.</param>
/// <param name="Identical">Whether they are the same.</param>
public sealed record RunReproduction(string RunId, string Actor, string MadeAt, string Bundle, string Again, bool Identical)
{
    /// <summary>SHA-256 of the record, by which it is cited.</summary>
    public Digest Digest => CanonicalJson.Digest(new JsonObject
    {
        ["run_id"] = RunId,
        ["actor"] = Actor,
        ["made_at"] = MadeAt,
        ["bundle"] = Bundle,
        ["again"] = Again,
        ["identical"] = Identical,
    });
}
