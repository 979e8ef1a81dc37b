using System.Numerics;
using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>
/// <c>approx_distinct(x)</c>: HyperLogLog with 4,096 registers; standard error 1.04 / √4096 = 1.6 %. A register keeps a maximum, so the value is a
/// function of the set of values and of nothing else.
/// 1. The first 12 bits of a value's stable hash choose a register. 2. It keeps the longest run of zeros seen behind them. 3. The estimate is the
/// improved raw estimator of O. Ertl, New cardinality estimation algorithms for HyperLogLog sketches (2017), algorithm 6, rounded to a whole number.
/// </summary>
internal sealed class ApproximateDistinctAggregate() : Aggregate("approx_distinct")
{
    private const int Precision = 12;
    private const int Registers = 1 << Precision;
    private const int MostZeros = 64 - Precision;

    public override string Accepts => "any value";

    public override AggregateFold Of(ScalarType type, FoldOptions options) => new Sketch(type, StorageOf(type));

    private sealed class Sketch(ScalarType of, InputStorage storage) : AggregateFold(ScalarType.Integer, storage)
    {
        public override FoldOutcome Fold(in FoldInput input, out Value value)
        {
            Span<byte> registers = stackalloc byte[Registers];
            registers.Clear();
            foreach (var run in input.Runs)
            {
                for (var row = run.First; row < run.End; row++)
                {
                    if (input.Column!.Presence[row] == InputColumn.Present)
                    {
                        var hash = Hash64.Of(input.Column.ValueAt(row, of));
                        ref var register = ref registers[(int)(hash >> MostZeros)];
                        register = Math.Max(register, (byte)(Math.Min(MostZeros, BitOperations.LeadingZeroCount(hash << Precision)) + 1));
                    }
                }
            }

            value = Value.FromInteger((long)Math.Round(Estimate(registers)));
            return input.Count == 0 ? FoldOutcome.Empty : FoldOutcome.Folded;
        }

        private static double Estimate(ReadOnlySpan<byte> registers)
        {
            Span<int> counts = stackalloc int[MostZeros + 2];
            counts.Clear();
            foreach (var register in registers)
            {
                counts[register]++;
            }

            var z = Registers * Tau(1 - ((double)counts[MostZeros + 1] / Registers));
            for (var k = MostZeros; k >= 1; k--)
            {
                z = 0.5 * (z + counts[k]);
            }

            z += Registers * Sigma((double)counts[0] / Registers);
            return Registers / (2 * Math.Log(2)) * Registers / z;
        }

        private static double Sigma(double x)
        {
            if (x == 1)
            {
                return double.PositiveInfinity;
            }

            var (y, z, before) = (1.0, x, double.NaN);
            while (z != before)
            {
                x *= x;
                before = z;
                z += x * y;
                y += y;
            }

            return z;
        }

        private static double Tau(double x)
        {
            if (x is 0 or 1)
            {
                return 0;
            }

            var (y, z, before) = (1.0, 1 - x, double.NaN);
            while (z != before)
            {
                x = Math.Sqrt(x);
                before = z;
                y *= 0.5;
                z -= (1 - x) * (1 - x) * y;
            }

            return z / 3;
        }
    }
}
