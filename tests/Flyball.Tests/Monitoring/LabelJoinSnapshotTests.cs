using System.Buffers;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Monitoring;

namespace Flyball.Tests.Monitoring;

/// <summary>A join that was written and read goes on as the one that it was written from.</summary>
public sealed class LabelJoinSnapshotTests
{
    private const long Hour = 3_600_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_goes_on_where_it_was_written(int seed)
    {
        var random = new Random(seed);
        var join = new LabelJoin(24 * Hour, 0);
        var at = 1_600_000_000_000_000L;
        var asked = new List<long>();
        Go(1_500, join);
        var bytes = new ArrayBufferWriter<byte>();
        join.Write(bytes);
        var next = new LabelJoin(24 * Hour, 0);
        ReadOnlySpan<byte> written = bytes.WrittenSpan;
        next.Read(ref written);

        Assert.True(written.IsEmpty);
        Assert.Equal(Of(join), Of(next));

        Go(1_500, join, next);

        Assert.Equal(Of(join), Of(next));
        Assert.True(join is { Repeated: > 0, Conflicting: > 0, Unmatched: > 0 } && join.Days.Count > 10);

        void Go(int steps, params LabelJoin[] joins)
        {
            for (var step = 0; step < steps; step++)
            {
                at += random.NextInt64(Hour / 2);
                var isRequest = random.Next(2) == 0 || asked.Count == 0;
                var key = isRequest ? random.NextInt64(100_000) : asked[Math.Max(0, asked.Count - 1 - random.Next(40))];
                asked.Add(key);
                var label = random.Next(3) == 0 ? 1 : 0;
                foreach (var one in joins)
                {
                    if (isRequest)
                    {
                        one.AddRequest(Value.FromInteger(key), new EventTime(at));
                    }
                    else
                    {
                        one.AddLabel(Value.FromInteger(key), label, new EventTime(at));
                    }
                }
            }
        }
    }

    private static string Of(LabelJoin join) =>
        $"{string.Join('\n', join.Days)}\n{string.Join('\n', join.Delays)}\n{join.Repeated} {join.Conflicting} {join.Unmatched} {join.DelayQuantile(0.5):R} {join.DelayQuantile(0.99):R} {join.IsEmpty}";
}
