using System.Globalization;
using System.Text.Json;
using FsCheck.Fluent;
using Flyball.Engine.Sequential;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Sequential;

public sealed class StickyAssignmentTests
{
    private static JsonElement File => Oracle.Read(SharedFolder.File("oracles", "assignment.json"));

    [Fact]
    public void AllVectors_HaveTheirPosition()
    {
        var vectors = File.GetProperty("vectors").EnumerateArray().ToArray();
        Assert.Equal(200, vectors.Length);
        foreach (var vector in vectors)
        {
            var position = StickyAssignment.Position(vector.GetProperty("salt").GetString()!, vector.GetProperty("unit").GetString()!);
            Assert.Equal(vector.GetProperty("k").GetString(), position.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(vector.GetProperty("hash8").GetString(), position.ToString("x16", CultureInfo.InvariantCulture));
            Assert.Equal(vector.GetProperty("u_double").GetDouble(), position / 18446744073709551616.0);
        }
    }

    [Fact]
    public void AllShares_HaveTheirThreshold_AndTheirUnits()
    {
        var positions = File.GetProperty("vectors").EnumerateArray()
            .Select(v => StickyAssignment.Position(v.GetProperty("salt").GetString()!, v.GetProperty("unit").GetString()!))
            .ToArray();
        var shares = File.GetProperty("shares").EnumerateArray().ToArray();
        Assert.Equal(9, shares.Length);
        foreach (var share in shares)
        {
            var threshold = StickyAssignment.Threshold(decimal.Parse(share.GetProperty("share").GetString()!, CultureInfo.InvariantCulture));
            Assert.Equal(share.GetProperty("threshold").GetString(), threshold.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(share.GetProperty("units_in_of_200").GetInt32(), positions.Count(p => StickyAssignment.IsIn(p, threshold)));
        }
    }

    [Fact]
    public void Position_OfAKnownDigest()
    {
        // SHA-256 of ":" begins e7ac0786668e0ff0.
        Assert.Equal(0xe7ac0786668e0ff0UL, StickyAssignment.Position("", ""));
        Assert.Equal(StickyAssignment.Position("a:b", "c"), StickyAssignment.Position("a", "b:c"));
        Assert.Equal(StickyAssignment.Position("s", new string('x', 5000)), StickyAssignment.Position("s", new string('x', 5000)));
    }

    [Fact]
    public void Threshold_IsExact_AtTheEndsAndAtTheFinestDecimal()
    {
        Assert.Equal(UInt128.Zero, StickyAssignment.Threshold(0));
        Assert.Equal((UInt128)1 << 64, StickyAssignment.Threshold(1));
        Assert.Equal((UInt128)1 << 64, StickyAssignment.Threshold(1.000m));
        Assert.Equal((UInt128)1 << 63, StickyAssignment.Threshold(0.50m));
        Assert.Equal(UInt128.One, StickyAssignment.Threshold(0.0000000000000000000000000001m));
        Assert.Equal((UInt128)1 << 64, StickyAssignment.Threshold(0.9999999999999999999999999999m));
        Assert.True(StickyAssignment.IsIn(ulong.MaxValue, StickyAssignment.Threshold(1)));
        Assert.False(StickyAssignment.IsIn(0, StickyAssignment.Threshold(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => StickyAssignment.Threshold(-0.1m));
        Assert.Throws<ArgumentOutOfRangeException>(() => StickyAssignment.Threshold(1.1m));
    }

    [Fact]
    public void WideningAShare_KeepsEveryFormerUnit() => FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure, Prop.ForAll(
        Gen.Choose(0, 1000).ToArbitrary(),
        Gen.Choose(0, 1000).ToArbitrary(),
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (a, b, unit) =>
        {
            decimal narrow = Math.Min(a, b) / 1000m, wide = Math.Max(a, b) / 1000m;
            var name = unit.ToString(CultureInfo.InvariantCulture);
            return !StickyAssignment.IsIn("salt", name, narrow) || StickyAssignment.IsIn("salt", name, wide);
        }));

    [Fact]
    public void TwoSalts_SplitIndependently()
    {
        var both = Enumerable.Range(0, 20_000)
            .Select(i => i.ToString(CultureInfo.InvariantCulture))
            .Count(u => StickyAssignment.IsIn("one", u, 0.1m) && StickyAssignment.IsIn("two", u, 0.1m));
        Assert.InRange(both, 200 - 60, 200 + 60);
    }

    [Fact]
    public void AnUnpairedSurrogate_IsRefused() =>
        Assert.ThrowsAny<ArgumentException>(() => StickyAssignment.Position("salt", "\ud800"));

    [Fact]
    public void ANewSalt_WithAColonOrNothing_IsRefused()
    {
        Assert.Null(StickyAssignment.CheckNewSalt("fraud-2026-01"));
        Assert.Equal("FLY6001", StickyAssignment.CheckNewSalt("")?.Code);
        Assert.Equal("FLY6002", StickyAssignment.CheckNewSalt("a:b")?.Code);
        Assert.Equal("FLY6003", StickyAssignment.CheckNewSalt("\ud800")?.Code);
    }

    [Fact]
    public void Arms_AreLaidSideBySide_AndTheFirstIsTheShareAlone()
    {
        var plan = new ArmPlan("salt", [new Arm("a", 0.1m), new Arm("b", 0.2m), new Arm("c", 0.3m)]);
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < 10_000; i++)
        {
            var unit = i.ToString(CultureInfo.InvariantCulture);
            var arm = plan.ArmOf(unit)?.Name ?? "none";
            counts[arm] = counts.GetValueOrDefault(arm) + 1;
            Assert.Equal(StickyAssignment.IsIn("salt", unit, 0.1m), arm == "a");
            Assert.Equal(StickyAssignment.IsIn("salt", unit, 0.3m), arm is "a" or "b");
        }

        Assert.InRange(counts["a"], 900, 1100);
        Assert.InRange(counts["b"], 1850, 2150);
        Assert.InRange(counts["none"], 3800, 4200);
    }

    [Fact]
    public void ArmsBeyondTheWhole_OrTwice_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new ArmPlan("s", [new Arm("a", 0.6m), new Arm("b", 0.5m)]));
        Assert.Throws<ArgumentException>(() => new ArmPlan("s", [new Arm("a", 0.6m), new Arm("a", 0.1m)]));
        Assert.Throws<ArgumentException>(() => new ArmPlan("s", [new Arm("a", -0.1m)]));
        Assert.Equal("b", new ArmPlan("s", [new Arm("a", 0), new Arm("b", 1)]).ArmOf(0UL)?.Name);
    }
}
