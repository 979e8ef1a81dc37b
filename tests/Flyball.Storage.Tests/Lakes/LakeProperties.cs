using FsCheck;
using FsCheck.Fluent;

using Flyball.Engine.Time;
using Flyball.Storage.Lakes;

namespace Flyball.Storage.Tests.Lakes;

public sealed class LakeProperties
{
    /// <summary>However rows are cut into extensions and files, a snapshot at any horizon has exactly the rows up to it.</summary>
    [Fact]
    public void Every_snapshot_equals_the_rows_up_to_its_horizon()
    {
        var steps = Gen.Choose(0, 30).Select(gap => gap).ListOf().Where(l => l.Count is > 0 and < 8);
        var cases = from gaps in steps
                    from skip in Gen.Choose(1, 4)
                    from rowsPerFile in Gen.Choose(1, 12)
                    from asked in Gen.Choose(0, gaps.Sum())
                    select (gaps.ToArray(), skip, rowsPerFile, asked);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var (gaps, skip, rowsPerFile, asked) = c;
            using var fixture = new LakeFixture(new LakeOptions { RowsPerFile = rowsPerFile });
            var rows = Enumerable.Range(1, gaps.Sum()).Select(i => (long)i).Where(seq => seq % skip == 0).ToList();
            var horizon = 0L;
            foreach (var gap in gaps)
            {
                var next = horizon + gap;
                var some = rows.Where(r => r > horizon && r <= next).ToList();
                fixture.Lake.Extend("t", LakeFixture.Columns, new Horizon(next), w => some.ForEach(seq => LakeFixture.Row(w, seq)));
                horizon = next;
            }

            Assert.Equal(rows, fixture.ReadAll(fixture.Lake.Manifest("t", Horizon.Unbounded)));
            var snapshot = fixture.Lake.Manifest("t", new Horizon(asked));
            Assert.Equal(rows.Where(r => r <= asked), fixture.ReadAll(snapshot));
            Assert.All(snapshot.Files, f => Assert.InRange(f.Rows, 1, rowsPerFile));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }
}
