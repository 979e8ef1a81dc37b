using System.Buffers;
using Flyball.Engine.Expressions;
using Flyball.Engine.Statistics;

namespace Flyball.Engine.Windows;

/// <summary><c>quantile(x, q)</c>: of the sorted values, interpolated between neighbours (type 7 of Hyndman and Fan); exact. Cost: a sort.</summary>
internal sealed class QuantileAggregate() : Aggregate("quantile")
{
    public override string Accepts => "a number";

    public override string Constant => "a probability from 0 to 1";

    public override bool Takes(in Value constant) => constant.TryGetNumber(out var q) && q is >= 0 and <= 1;

    public override AggregateFold? Of(ScalarType type, FoldOptions options) =>
        type is ScalarType.Integer or ScalarType.Number && options.Constant.TryGetNumber(out var q) ? new Sorted(StorageOf(type), q) : null;

    private sealed class Sorted(InputStorage storage, double q) : AggregateFold(ScalarType.Number, storage)
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            value = Value.Null;
            if (input.Count == 0)
            {
                return FoldOutcome.Empty;
            }

            var rented = ArrayPool<double>.Shared.Rent((int)input.Count);
            var count = 0;
            foreach (var run in input.Runs)
            {
                for (var row = run.First; row < run.End; row++)
                {
                    if (input.Column!.Presence[row] == InputColumn.Present)
                    {
                        rented[count++] = input.Column.Storage == InputStorage.Numbers ? input.Column.Numbers[row] : input.Column.Integers[row];
                    }
                }
            }

            var values = rented.AsSpan(0, count);
            values.Sort();
            value = Value.FromNumber(Quantile.Linear(values, q));
            ArrayPool<double>.Shared.Return(rented);
            return FoldOutcome.Folded;
        }
    }
}
