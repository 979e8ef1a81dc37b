using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Serving;
using Flyball.Serving.Degradation;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Tests.Serving;

public sealed class PredictionCodecTests
{
    private static readonly Gen<string> Texts = Gen.Elements("", "a", "ünïcödé ✓ 𝄞", "{\"x\":1}", new string('x', 300));

    private static readonly Gen<double> Numbers = Gen.OneOf(ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite), Gen.Elements(double.Epsilon, -double.MaxValue, 0.1, 1e-310));

    private static readonly Gen<Value> Features = Gen.OneOf(
        Gen.Constant(Value.Null),
        ArbMap.Default.GeneratorFor<bool>().Select(Value.FromBoolean),
        ArbMap.Default.GeneratorFor<long>().Select(Value.FromInteger),
        Numbers.Select(Value.FromNumber));

    private static readonly Gen<PredictionRecord> Records =
        from texts in Texts.ArrayOf(5)
        from nulls in ArbMap.Default.GeneratorFor<bool>().ArrayOf(2)
        from numbers in ArbMap.Default.GeneratorFor<int>().ArrayOf(3)
        from longs in ArbMap.Default.GeneratorFor<long>().ArrayOf(2)
        from arm in Gen.Elements(Enum.GetValues<Arm>())
        from rung in Gen.Elements(Enum.GetValues<Rung>())
        from request in ArbMap.Default.GeneratorFor<byte[]>()
        from features in Features.ArrayOf()
        from score in Numbers
        select new PredictionRecord
        {
            RequestId = texts[0],
            Model = texts[1],
            Version = numbers[0],
            Digest = Digest.Of(texts[2]),
            ChosenVersion = numbers[1],
            RolloutId = nulls[0] ? null : texts[2],
            Arm = arm,
            Rung = rung,
            Unit = texts[3],
            Instant = new EventTime(longs[0]),
            Horizon = new Horizon(longs[1]),
            Request = request,
            Features = features,
            Raw = (float)score,
            Score = score,
            Decision = nulls[1] ? null : texts[4],
            LatencyMicros = numbers[2],
        };

    [Fact]
    public void What_is_written_is_read() => Prop.ForAll(Arb.From(Records), record =>
    {
        var read = PredictionCodec.Decode(PredictionCodec.Encode(record));
        return read with { Request = record.Request, Features = record.Features } == record
            && read.Request.Span.SequenceEqual(record.Request.Span)
            && read.Features.SequenceEqual(record.Features)
            && BitConverter.DoubleToInt64Bits(read.Score) == BitConverter.DoubleToInt64Bits(record.Score);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_record_that_ends_too_early_is_refused_wherever_it_ends() => Prop.ForAll(Arb.From(Records), record =>
    {
        var bytes = PredictionCodec.Encode(record);
        return Enumerable.Range(0, bytes.Length).All(length => IsRefused(bytes[..length]));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_record_with_something_behind_it_is_refused() =>
        Prop.ForAll(Arb.From(Records), record => IsRefused([.. PredictionCodec.Encode(record), 0])).QuickCheckThrowOnFailure();

    [Fact]
    public void Another_format_is_refused()
    {
        var bytes = PredictionCodec.Encode(Sample());
        bytes[0] = 5;

        Assert.True(IsRefused(bytes));
        Assert.True(IsRefused([]));
    }

    /// <summary>Whatever stands in a damaged record, its reader neither crashes otherwise nor asks for gigabytes.</summary>
    [Fact]
    public void Damage_is_refused_or_read_and_nothing_else()
    {
        var good = PredictionCodec.Encode(Sample());
        byte[] patterns = [0, 0x7F, 0x80, 0xFF];
        for (var at = 0; at + 4 <= good.Length; at++)
        {
            foreach (var pattern in patterns)
            {
                var bytes = good.ToArray();
                bytes.AsSpan(at, 4).Fill(pattern);
                var before = GC.GetAllocatedBytesForCurrentThread();
                _ = IsRefused(bytes);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
            }
        }
    }

    [Fact]
    public void Texts_probabilities_and_statuses_come_back()
    {
        var record = Sample() with
        {
            Features = [Value.FromText("Größe"), Value.Null, Value.FromText(""), Value.FromNumber(2)],
            Probabilities = [0.25f, 0.75f],
            Statuses = [FeatureStatus.Present, FeatureStatus.NullValue, FeatureStatus.OutsideMaxAge, FeatureStatus.OverCap],
            Origin = FeatureOrigin.Defaults,
            Route = PredictionRoute.InferenceGrpc,
            Share = 0.05,
            Caller = "shop",
        };

        var bytes = PredictionCodec.Encode(record);
        var read = PredictionCodec.Decode(bytes);

        Assert.Equal(record.Features, read.Features);
        Assert.Equal(record.Probabilities, read.Probabilities);
        Assert.Equal(record.Decision, read.Decision);
        Assert.Equal(record.Statuses, read.Statuses);
        Assert.Equal((record.Origin, record.Route, record.Share, record.Caller), (read.Origin, read.Route, read.Share, read.Caller));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.True(IsRefused(bytes[..length]), $"{length} of {bytes.Length} bytes");
        }
    }

    [Fact]
    public void Fields_that_were_filled_in_come_back_and_other_records_keep_their_format()
    {
        var record = Sample();
        var plain = PredictionCodec.Encode(record);
        var bytes = PredictionCodec.Encode(record with { Defaulted = ["amount", "größe"] });

        Assert.Equal((3, 4), (plain[0], bytes[0]));
        Assert.Equal(["amount", "größe"], PredictionCodec.Decode(bytes).Defaulted);
        Assert.Empty(PredictionCodec.Decode(plain).Defaulted);
        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.True(IsRefused(bytes[..length])));
        Assert.True(IsRefused([.. bytes, 0]));
    }

    [Fact]
    public void Records_of_earlier_formats_are_read()
    {
        var record = Sample() with { Features = [Value.FromNumber(1), Value.FromNumber(2)] };
        var bytes = PredictionCodec.Encode(record);

        // Origin, route, share, no caller and no statuses end the record; the second format ended before them, the first one knew no probabilities either.
        byte[] second = [2, .. bytes[1..^18]];
        var afterFeatures = second.Length - 4 - 8 - 4 - (record.Decision is { } decision ? System.Text.Encoding.UTF8.GetByteCount(decision) : 0) - 4;
        byte[] first = [1, .. second[1..(afterFeatures - 4)], .. second[afterFeatures..]];

        foreach (var read in new[] { PredictionCodec.Decode(second), PredictionCodec.Decode(first) })
        {
            Assert.Equal(record with { Request = read.Request, Features = read.Features }, read);
            Assert.Equal(record.Features, read.Features);
        }
    }

    [Fact]
    public void A_feature_that_no_model_takes_is_not_written()
    {
        Assert.Throws<InvalidOperationException>(() => PredictionCodec.Encode(Sample() with { Features = [Value.FromTimestamp(1)] }));
    }

    private static PredictionRecord Sample() => Records.Sample(1).First() with { Features = [Value.FromNumber(1), Value.Null], Request = "{}"u8.ToArray() };

    private static bool IsRefused(byte[] bytes)
    {
        try
        {
            PredictionCodec.Decode(bytes);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }
}
