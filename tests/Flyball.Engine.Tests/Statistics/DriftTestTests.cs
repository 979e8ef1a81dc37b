using Flyball.Engine.Statistics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Statistics;

public sealed class DriftTestTests
{
    private static readonly DriftRule AnyEffect = new() { EffectFloor = 0 };

    [Fact]
    public void FiftyFeaturesWithoutDrift_AlarmOnAtMostOneDayInTwenty()
    {
        var (days, daysOfAnyEffect, folklore) = Simulate(features: 50, days: 200, reference: 2000, rows: 200);
        Assert.True(days <= 10, $"{days} of 200 days");

        // Even where every effect matters, the correction holds the rate; 5 % of 200 days plus three standard errors.
        Assert.True(daysOfAnyEffect <= 10 + 9, $"{daysOfAnyEffect} of 200 days");

        // The control: the customary PSI > 0.1 at the same sizes.
        Assert.True(folklore > 40, $"{folklore} of 200 days");
    }

    [Fact]
    public void AShiftedFeature_IsTheOnlyOneFound()
    {
        var numbers = new SeededNumbers(5);
        var subjects = Enumerable.Range(0, 20)
            .Select(i => Numeric($"f{i}", numbers.Normals(2000), numbers.Normals(1000, i == 7 ? 0.8 : 0)))
            .ToArray();
        var verdicts = DriftTest.Evaluate(subjects);
        Assert.Equal(["f7"], verdicts.Where(v => v.Status == DriftStatus.Drift).Select(v => v.Feature));
        var found = verdicts[7];
        Assert.True(found.LowerBound > found.Threshold && found.LowerBound < found.Effect && found.QValue >= found.PValue);
    }

    [Fact]
    public void AnIrrelevantShift_InMuchData_IsSignificantButNotDrift()
    {
        var numbers = new SeededNumbers(6);
        var verdict = Assert.Single(DriftTest.Evaluate([Numeric("f", numbers.Normals(200_000), numbers.Normals(200_000, 0.03))]));
        Assert.Equal(DriftStatus.Ok, verdict.Status);
        Assert.True(verdict.QValue < 1e-6);
        Assert.Contains("too little", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TheLowerBound_IsBelowTheTrueEffect_AtItsLevel()
    {
        // True PSI of N(0,1) against N(0.5,1) on the reference's deciles, by a very large sample.
        var numbers = new SeededNumbers(8);
        var reference = numbers.Normals(20_000);
        var truth = DriftTest.Evaluate([Numeric("f", reference, numbers.Normals(400_000, 0.5))])[0].Effect!.Value;
        var above = 0;
        for (var i = 0; i < 300; i++)
        {
            above += DriftTest.Evaluate([Numeric("f", reference, numbers.Normals(1000, 0.5))])[0].LowerBound > truth ? 1 : 0;
        }

        // The level is 5 %: 15 of 300, and three standard errors more.
        Assert.True(above <= 15 + 12, $"{above} of 300");
    }

    [Fact]
    public void OneBadColumn_DoesNotCostTheOthersTheirVerdict()
    {
        var good = Numeric("good", new SeededNumbers(1).Normals(500), new SeededNumbers(2).Normals(500, 2));
        var differentBins = new DriftSubject("bins", DriftMeasure.PopulationStability, new BinCounts([500, 500]), new BinCounts([500, 300, 100]));
        var nothing = new DriftSubject("null", DriftMeasure.PopulationStability, null!, new BinCounts([1]));
        var allNull = new DriftSubject("allnull", DriftMeasure.PopulationStability, new BinCounts([500, 500]), new BinCounts([0, 0], Missing: 900));
        var constant = new DriftSubject("constant", DriftMeasure.PopulationStability, new BinCounts([500]), new BinCounts([400]));
        var oneRow = new DriftSubject("onerow", DriftMeasure.CramersV, new BinCounts([500, 2]), new BinCounts([1, 0]));
        var verdicts = DriftTest.Evaluate([good, differentBins, nothing, allNull, constant, oneRow]);
        Assert.Equal(
            [DriftStatus.Drift, DriftStatus.Error, DriftStatus.Error, DriftStatus.Insufficient, DriftStatus.Ok, DriftStatus.Insufficient],
            verdicts.Select(v => v.Status));
        Assert.All(verdicts.Skip(1), v => Assert.False(string.IsNullOrEmpty(v.Reason)));
        Assert.Contains("current", verdicts[3].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyUnseenCategories_AreDrift()
    {
        var verdict = DriftTest.Evaluate(
            [new DriftSubject("c", DriftMeasure.CramersV, new BinCounts([300, 200]), new BinCounts([0, 0], Unseen: 200))])[0];
        Assert.Equal(DriftStatus.Drift, verdict.Status);
        Assert.InRange(verdict.Effect!.Value, 0.9, 1);
    }

    [Fact]
    public void MissingCategories_CountAsACell_AndMissingNumbersDoNot()
    {
        BinCounts before = new([300, 300]), now = new([150, 150], Missing: 300);
        Assert.True(DriftTest.Effect(DriftMeasure.CramersV, before, now) > 0.5);
        Assert.Equal(0, DriftTest.Effect(DriftMeasure.PopulationStability, before, now), 12);
    }

    [Fact]
    public void Threshold_IsTakenFromTenChunksOrMore_AndNeverBelowTheFloor()
    {
        double[] nine = [1, 1, 1, 1, 1, 1, 1, 1, 1];
        Assert.Equal(0.1, DriftTest.Threshold(0.1, nine));
        Assert.Equal(1, DriftTest.Threshold(0.1, [.. nine, 1]));
        Assert.Equal(0.1, DriftTest.Threshold(0.1, [.. nine.Select(_ => 0.01), 0.01]));
        Assert.Equal(1.5 + 1.5, DriftTest.Threshold(0.1, [1, 2, 1, 2, 1, 2, 1, 2, 1, 2]), 12);
    }

    [Fact]
    public void AFeatureThatAlwaysMoves_IsMeasuredAgainstItsOwnChunks()
    {
        var numbers = new SeededNumbers(4);
        var subject = Numeric("f", numbers.Normals(2000), numbers.Normals(1000, 0.8));
        double[] chunks = [.. Enumerable.Range(0, 10).Select(i => 0.4 + (i * 0.1))];
        Assert.Equal(DriftStatus.Drift, DriftTest.Evaluate([subject])[0].Status);
        Assert.Equal(DriftStatus.Ok, DriftTest.Evaluate([subject with { ChunkEffects = chunks }])[0].Status);
    }

    private static (int Days, int DaysOfAnyEffect, int Folklore) Simulate(int features, int days, int reference, int rows)
    {
        var numbers = new SeededNumbers(20_240_501);
        var profiles = Enumerable.Range(0, features)
            .Select(_ =>
            {
                var sample = numbers.Normals(reference);
                var bins = QuantileBins.Fit(sample);
                return (Bins: bins, Counts: bins.CountValues(sample));
            })
            .ToArray();
        int alarmed = 0, any = 0, folklore = 0;
        for (var day = 0; day < days; day++)
        {
            var subjects = profiles
                .Select((p, i) => new DriftSubject($"f{i}", DriftMeasure.PopulationStability, p.Counts, p.Bins.CountValues(numbers.Normals(rows))))
                .ToArray();
            alarmed += DriftTest.Evaluate(subjects).Any(v => v.Status == DriftStatus.Drift) ? 1 : 0;
            any += DriftTest.Evaluate(subjects, AnyEffect).Any(v => v.Status == DriftStatus.Drift) ? 1 : 0;
            folklore += subjects.Any(s => DriftTest.Effect(s.Measure, s.Reference, s.Current) > 0.1) ? 1 : 0;
        }

        return (alarmed, any, folklore);
    }

    private static DriftSubject Numeric(string name, double[] reference, double[] current)
    {
        var bins = QuantileBins.Fit(reference);
        return new DriftSubject(name, DriftMeasure.PopulationStability, bins.CountValues(reference), bins.CountValues(current));
    }
}
