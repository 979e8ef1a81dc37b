using System.Buffers;
using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary><c>distinct(x)</c>: how many different values, exact up to a cap beyond which there is no value. Cost: a sort of the window's values.</summary>
internal sealed class DistinctAggregate() : Aggregate("distinct")
{
    /// <summary>Different values in one window.</summary>
    public const int Cap = 100_000;

    public override string Accepts => "any value";

    public override AggregateFold Of(ScalarType type, FoldOptions options) =>
        type == ScalarType.Text ? new OfTexts() : new OfBitPatterns(StorageOf(type));

    private static FoldOutcome Answer(long different, out Value value)
    {
        value = different <= Cap ? Value.FromInteger(different) : Value.Null;
        return different == 0 ? FoldOutcome.Empty : different <= Cap ? FoldOutcome.Folded : FoldOutcome.Capped;
    }

    private sealed class OfBitPatterns(InputStorage storage) : AggregateFold(ScalarType.Integer, storage)
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            var rented = ArrayPool<long>.Shared.Rent((int)input.Count);
            var values = rented.AsSpan(0, Gather(input, rented));
            values.Sort();
            var different = values.IsEmpty ? 0 : 1;
            for (var i = 1; i < values.Length; i++)
            {
                different += values[i] != values[i - 1] ? 1 : 0;
            }

            ArrayPool<long>.Shared.Return(rented);
            return Answer(different, out value);
        }

        /// <summary>Equal values have equal bits: a number has one zero and no NaN.</summary>
        private static int Gather(in FoldInput input, long[] into)
        {
            var count = 0;
            var numbers = input.Column!.Storage == InputStorage.Numbers;
            foreach (var run in input.Runs)
            {
                for (var row = run.First; row < run.End; row++)
                {
                    if (input.Column.Presence[row] == InputColumn.Present)
                    {
                        into[count++] = numbers ? BitConverter.DoubleToInt64Bits(input.Column.Numbers[row]) : input.Column.Integers[row];
                    }
                }
            }

            return count;
        }
    }

    private sealed class OfTexts() : AggregateFold(ScalarType.Integer, InputStorage.Texts)
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var run in input.Runs)
            {
                for (var row = run.First; row < run.End && seen.Count <= Cap; row++)
                {
                    if (input.Column!.Texts[row] is { } text)
                    {
                        seen.Add(text);
                    }
                }
            }

            return Answer(seen.Count, out value);
        }
    }
}
