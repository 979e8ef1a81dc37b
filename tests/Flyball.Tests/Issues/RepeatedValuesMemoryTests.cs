using Flyball.Contracts;
using Flyball.Contracts.Quality;
using Flyball.Engine.Expressions;
using Flyball.Tests.Contracts;

namespace Flyball.Tests.Issues;

/// <summary>Each rule about repeated values remembered ten million values of its own, so that memory grew with the number of rules.</summary>
public sealed class RepeatedValuesMemoryTests
{
    [Fact]
    public void All_rules_of_a_batch_share_one_bound_and_early_repeats_are_still_counted()
    {
        const string Rule = "quality: [ { metric: duplicateValues, mustBe: 0 } ]";
        var plan = Sample.Compile(
            "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n  - name: s\n    properties:\n"
            + $"      - {{ name: a, logicalType: integer, {Rule} }}\n      - {{ name: b, logicalType: integer, {Rule} }}\n");
        var observation = new BatchObservation(plan, new SipHash(1, 2), null, mostRemembered: 1_000);

        for (var i = 0; i < 5_000; i++)
        {
            observation.Add([Value.FromInteger(i), Value.FromInteger(i % 400)], (ulong)i);
        }

        Assert.InRange(observation.Remembered, 1, 1_000);
        Assert.Equal(4_600, observation.CountOf(1));
    }
}
