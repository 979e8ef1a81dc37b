using Flyball.Training.Jobs;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Tests.Training.Jobs;

public sealed class LabelPermutationTests
{
    [Fact]
    public void The_labels_are_the_same_in_another_order() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<bool[]>(),
            ArbMap.Default.ArbFor<ulong>(),
            (flags, seed) =>
            {
                float[] labels = [.. flags.Select(f => f ? 1f : 0f)];
                var before = labels.ToArray();
                var shuffled = LabelPermutation.Of(labels, seed);
                return labels.SequenceEqual(before)
                    && shuffled.Order().SequenceEqual(labels.Order())
                    && shuffled.SequenceEqual(LabelPermutation.Of(labels, seed));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_label_may_go_everywhere()
    {
        float[] labels = [0, 1, 2, 3];

        var seen = Enumerable.Range(0, 2400).Select(seed => string.Join(' ', LabelPermutation.Of(labels, (ulong)seed))).CountBy(order => order).ToList();

        Assert.Equal(24, seen.Count);
        Assert.All(seen, order => Assert.InRange(order.Value, 60, 145));
    }
}
