using System.Text;
using FsCheck.Fluent;
using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;
using Flyball.Engine.Statistics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Profiles;

public sealed class TableProfileTests
{
    private static readonly ProfiledColumn[] Columns =
    [
        new("id", ScalarType.Integer), new("amount", ScalarType.Number, Bins: new QuantileBins([0.0, 10, 100], [])),
        new("kind", ScalarType.Text), new("flag", ScalarType.Boolean), new("at", ScalarType.Timestamp),
        new("email", ScalarType.Text, IsOpaque: true), new("phone", ScalarType.Integer, IsOpaque: true),
        new("rating", ScalarType.Integer, Bins: new QuantileBins([], [1.0, 2, 3])),
    ];

    [Fact]
    public void Rows_added_column_by_column_on_several_threads_give_the_state_of_rows_added_one_by_one()
    {
        var rows = Rows(4, 2_500);
        var profile = new TableProfile(Columns);
        profile.Add(1_000, (r, c) => rows[r][c], 3);
        profile.Add(1_500, (r, c) => rows[r + 1_000][c], 2);
        Assert.Equal(Of(rows).Digest, profile.Digest);
        Assert.Equal(2_500, profile.Rows);
    }

    [Fact]
    public void Merging_parts_gives_the_profile_of_the_whole() => FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure, Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        Gen.Choose(1, 3_000).ToArbitrary(),
        Gen.Choose(1, 9).ToArbitrary(),
        (seed, count, parts) =>
        {
            var rows = Rows((ulong)seed, count);
            var whole = Of(rows);
            var merged = new TableProfile(Columns);
            foreach (var part in rows.Chunk((rows.Length / parts) + 1))
            {
                merged.Merge(Of(part));
            }

            Assert.Equal(whole.Rows, merged.Rows);
            foreach (var (a, b) in whole.Columns.Zip(merged.Columns))
            {
                AssertSame(a, b);
            }
        }));

    [Fact]
    public void A_profile_equals_what_a_pass_over_the_rows_counts()
    {
        var rows = Rows(4, 2_000);
        var profile = Of(rows);

        foreach (var (column, i) in profile.Columns.Select((c, i) => (c, i)))
        {
            var present = rows.Select(r => r[i]).Where(v => !v.IsNull).ToList();
            Assert.Equal((2_000, 2_000 - present.Count), (column.Rows, column.Nulls));
            if (column.Column.Type == ScalarType.Number)
            {
                var values = present.Select(v => v.AsNumber).ToArray();
                Assert.Equal((values.Min(), values.Max()), (column.Min.AsNumber, column.Max.AsNumber));
                Assert.Equal(Moments.Of(values).Mean, column.Mean!.Value, 1e-12 * Math.Abs(column.Mean.Value));
                Assert.Equal(Moments.Of(values).SampleVariance!.Value, column.Variance!.Value, 1e-12 * column.Variance.Value);
                Assert.Equal(column.Column.Bins!.CountValues(values, 2_000 - values.Length), column.Histogram);
            }
        }

        var kind = profile.Find("kind")!;
        Assert.Equal(rows.Count(r => r[2] == Value.FromText(" ")), kind.Blanks);
        Assert.Equal((1, 3), kind.Lengths);
        Assert.Equal(4, kind.Distinct.Estimate);
        Assert.Equal(rows.Count(r => r[3] == Value.FromBoolean(true)) / (double)profile.Find("flag")!.Present, profile.Find("flag")!.Mean!.Value, 12);
        Assert.Equal(rows.Where(r => !r[7].IsNull).Count(r => r[7].AsInteger == 4), profile.Find("rating")!.Histogram!.Unseen);
    }

    [Fact]
    public void A_stored_profile_has_the_same_digest_and_goes_on_alike()
    {
        var rows = Rows(8, 4_000);
        var kept = Of(rows[..2_500]);
        var bytes = kept.Write();
        var stored = TableProfile.Read(bytes);

        Assert.Equal(bytes, stored.Write());
        Assert.Equal(kept.Digest, stored.Digest);
        foreach (var row in rows[2_500..])
        {
            kept.Add(row);
            stored.Add(row);
        }

        Assert.Equal(kept.Digest, stored.Digest);
        Assert.Equal(Of(rows).Digest, stored.Digest);
    }

    [Fact]
    public void Rows_added_together_give_the_state_of_rows_added_one_by_one()
    {
        var rows = Rows(6, 3_000);
        var together = new TableProfile(Columns);
        foreach (var block in rows.Chunk(128))
        {
            together.Add(block.AsSpan());
        }

        Assert.Equal(Of(rows).Digest, together.Digest);
    }

    [Fact]
    public void Nothing_of_an_opaque_columns_values_is_kept()
    {
        var profile = new TableProfile([new("email", ScalarType.Text, IsOpaque: true), new("phone", ScalarType.Integer, IsOpaque: true)]);
        profile.Add([Value.FromText("ada@example.com"), Value.FromInteger(4915112345678)]);

        var text = Encoding.UTF8.GetString(profile.Write());
        Assert.DoesNotContain("ada", text, StringComparison.Ordinal);
        Assert.DoesNotContain("4915112345678", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hashes", text, StringComparison.Ordinal);
        Assert.All(profile.Columns, c => Assert.True(c.Min.IsNull && c.Max.IsNull && c.Frequent is null && c.Quantiles is null));
        Assert.Null(profile.Find("phone")!.Mean);
        Assert.Equal((15, 15), profile.Find("email")!.Lengths);
        Assert.Equal(1, profile.Find("phone")!.Distinct.Estimate);
    }

    [Fact]
    public void Profiles_of_other_columns_are_not_merged()
    {
        var numbers = new TableProfile([new("x", ScalarType.Number)]);
        Assert.Throws<ArgumentException>(() => numbers.Merge(new TableProfile([new("x", ScalarType.Integer)])));
        Assert.Throws<ArgumentException>(() => numbers.Merge(new TableProfile([new("x", ScalarType.Number, IsOpaque: true)])));
        Assert.Throws<ArgumentException>(() => numbers.Merge(new TableProfile([new("x", ScalarType.Number, Bins: new QuantileBins([1.0], []))])));
    }

    [Fact]
    public void Values_too_large_for_a_variance_leave_the_range_and_are_still_stored()
    {
        var profile = new TableProfile([new("x", ScalarType.Number)]);
        profile.Add([Value.FromNumber(double.MaxValue)]);
        profile.Add([Value.FromNumber(-double.MaxValue)]);

        var read = TableProfile.Read(profile.Write()).Columns[0];
        Assert.Null(read.Mean);
        Assert.Null(read.Variance);
        Assert.Equal((-double.MaxValue, double.MaxValue), (read.Min.AsNumber, read.Max.AsNumber));
    }

    [Fact]
    public void A_value_of_another_type_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => new TableProfile([new("x", ScalarType.Number)]).Add([Value.FromInteger(1)]));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"form\":\"flyball-profile 1\",\"rows\":1,\"columns\":[{}]}")]
    public void What_is_no_profile_is_damage(string json) => Assert.Throws<InvalidDataException>(() => TableProfile.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_profile_cut_short_anywhere_is_damage()
    {
        var bytes = Of(Rows(1, 50)).Write();
        for (var length = 0; length < bytes.Length; length += 97)
        {
            Assert.Throws<InvalidDataException>(() => TableProfile.Read(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Adding_rows_allocates_nothing_once_the_sketches_have_their_size()
    {
        var profile = new TableProfile(Columns);
        var rows = Rows(2, 200_000);
        foreach (var row in rows)
        {
            profile.Add(row);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var row in rows.AsSpan(0, 50_000))
        {
            profile.Add(row);
        }

        // A level of the quantiles may be added, once in so many doublings.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
    }

    private static void AssertSame(ColumnProfile whole, ColumnProfile merged)
    {
        Assert.Equal((whole.Rows, whole.Nulls, whole.Blanks, whole.Min, whole.Max, whole.Lengths), (merged.Rows, merged.Nulls, merged.Blanks, merged.Min, merged.Max, merged.Lengths));
        Assert.Equal(whole.Histogram, merged.Histogram);
        Assert.Equal(whole.Distinct.ToJson().ToJsonString(), merged.Distinct.ToJson().ToJsonString());
        AssertClose(whole.Mean, merged.Mean);
        AssertClose(whole.Variance, merged.Variance);
        if (whole.Quantiles is { Count: > 0 } quantiles)
        {
            foreach (var value in quantiles.Quantiles(0.01, 0.25, 0.5, 0.75, 0.99))
            {
                Assert.InRange(Math.Abs(quantiles.RankOf(value) - merged.Quantiles!.RankOf(value)), 0, 2 * QuantileSketch.RankError);
            }
        }

        if (whole.Frequent is { } frequent)
        {
            Assert.InRange(merged.Frequent!.Error, 0, whole.Present / HeavyHitters.ErrorDivisor);
            var counts = merged.Frequent.ToList().ToDictionary(v => v.Value, v => v.Count);
            Assert.All(frequent.ToList(), v => Assert.InRange(
                v.Count - counts.GetValueOrDefault(v.Value), -frequent.Error, merged.Frequent.Error));
        }
    }

    private static void AssertClose(double? whole, double? merged)
    {
        Assert.Equal(whole is null, merged is null);
        Assert.InRange(Math.Abs((whole ?? 0) - (merged ?? 0)), 0, 1e-12 * Math.Max(1, Math.Abs(whole ?? 0)));
    }

    private static TableProfile Of(IEnumerable<Value[]> rows)
    {
        var profile = new TableProfile(Columns);
        foreach (var row in rows)
        {
            profile.Add(row);
        }

        return profile;
    }

    private static Value[][] Rows(ulong seed, int count)
    {
        var numbers = new SeededNumbers(seed);
        string[] kinds = ["a", "bb", "ccc", " "];
        return [.. Enumerable.Range(0, count).Select(i => new[]
        {
            Value.FromInteger(i),
            Null(0.1) ?? Value.FromNumber(Math.Round((numbers.Uniform() * 200) - 50, 3)),
            Null(0.05) ?? Value.FromText(kinds[Below(4)]),
            Null(0.01) ?? Value.FromBoolean(numbers.Chance(0.3)),
            Value.FromTimestamp(1_500_000_000_000_000 + (i * 1_000_000L)),
            Value.FromText($"user{Below(500)}@example.com"),
            Value.FromInteger(4_900_000_000 + Below(900)),
            Null(0.2) ?? Value.FromInteger(1 + Below(4)),
        })];

        Value? Null(double rate) => numbers.Chance(rate) ? Value.Null : null;

        int Below(int bound) => (int)(numbers.Uniform() * bound);
    }
}
