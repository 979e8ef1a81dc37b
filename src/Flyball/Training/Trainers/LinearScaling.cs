namespace Flyball.Training.Trainers;

/// <summary>Means and deviations of the training part, and which inputs are missing there.</summary>
/// <param name="Means">Of the rows that have a value; 0 without any.</param>
/// <param name="Scales">Standard deviations; 1 for an input that does not vary.</param>
/// <param name="Indicated">Inputs that get an indicator, in rising order.</param>
internal sealed record LinearScaling(float[] Means, float[] Scales, int[] Indicated)
{
    public int Inputs => Means.Length;

    /// <summary>Columns of the design: the inputs and the indicators.</summary>
    public int Width => Means.Length + Indicated.Length;

    public static LinearScaling Of(ReadOnlySpan<float> values, int inputs)
    {
        var (means, scales, indicated) = (new float[inputs], new float[inputs], new List<int>());
        var rows = values.Length / inputs;
        for (var c = 0; c < inputs; c++)
        {
            // Welford's recurrence (Knuth 4.2.2): one pass, no cancellation.
            var (count, mean, squares) = (0L, 0.0, 0.0);
            for (var r = 0; r < rows; r++)
            {
                var value = values[(r * inputs) + c];
                if (float.IsNaN(value))
                {
                    continue;
                }

                count++;
                var step = value - mean;
                mean += step / count;
                squares += step * (value - mean);
            }

            means[c] = (float)mean;
            scales[c] = count > 1 && squares > 0 && (float)Math.Sqrt(squares / count) is > 0 and var scale ? scale : 1;
            if (count < rows)
            {
                indicated.Add(c);
            }
        }

        return new LinearScaling(means, scales, [.. indicated]);
    }

    /// <summary>Standardised inputs and indicators, row-major.</summary>
    public double[] Design(ReadOnlySpan<float> values)
    {
        var rows = values.Length / Inputs;
        var design = new double[rows * Width];
        for (var r = 0; r < rows; r++)
        {
            var row = values.Slice(r * Inputs, Inputs);
            for (var c = 0; c < Inputs; c++)
            {
                design[(r * Width) + c] = float.IsNaN(row[c]) ? 0 : ((double)row[c] - Means[c]) / Scales[c];
            }

            for (var i = 0; i < Indicated.Length; i++)
            {
                design[(r * Width) + Inputs + i] = float.IsNaN(row[Indicated[i]]) ? 1 : 0;
            }
        }

        return design;
    }
}
