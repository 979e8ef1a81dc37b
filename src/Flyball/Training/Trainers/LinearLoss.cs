namespace Flyball.Training.Trainers;

/// <summary>The mean loss of a linear model and its gradient. Parameters: for each output its weights, then its intercept.</summary>
internal sealed class LinearLoss(double[] design, int width, int outputs, float[] labels, float[]? weights, LinearLink link, double l2)
{
    /// <summary>Beyond it the exponential means nothing, and a line search is sent back.</summary>
    private const double LargestSum = 500;

    private readonly double total = weights is null ? labels.Length : weights.Sum(w => (double)w);

    /// <summary>No weights, and the intercept that fits the mean.</summary>
    public double[] Start()
    {
        var start = new double[outputs * (width + 1)];
        var mean = 0.0;
        for (var r = 0; r < labels.Length; r++)
        {
            mean += labels[r] * Weight(r) / total;
        }

        start[width] = link switch
        {
            LinearLink.Identity => mean,
            LinearLink.Log => Math.Log(Math.Max(1e-9, mean)),
            LinearLink.Logistic => Math.Log(Math.Clamp(mean, 1e-9, 1 - 1e-9) / (1 - Math.Clamp(mean, 1e-9, 1 - 1e-9))),
            _ => 0,
        };
        return start;
    }

    public double Evaluate(double[] parameters, double[] gradient)
    {
        Array.Clear(gradient);
        var loss = 0.0;
        var sums = new double[outputs];
        var slopes = new double[outputs];
        for (var r = 0; r < labels.Length; r++)
        {
            var row = design.AsSpan(r * width, width);
            for (var o = 0; o < outputs; o++)
            {
                sums[o] = Sum(parameters.AsSpan(o * (width + 1), width + 1), row);
            }

            var weight = Weight(r) / total;
            loss += weight * OfRow(sums, labels[r], slopes);
            for (var o = 0; o < outputs; o++)
            {
                var slope = slopes[o] * weight;
                var into = gradient.AsSpan(o * (width + 1), width + 1);
                for (var c = 0; c < width; c++)
                {
                    into[c] += slope * row[c];
                }

                into[width] += slope;
            }
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            if (i % (width + 1) != width)
            {
                loss += 0.5 * l2 * parameters[i] * parameters[i];
                gradient[i] += l2 * parameters[i];
            }
        }

        return loss;
    }

    private static double Sum(ReadOnlySpan<double> parameters, ReadOnlySpan<double> row)
    {
        var sum = parameters[^1];
        for (var c = 0; c < row.Length; c++)
        {
            sum += parameters[c] * row[c];
        }

        return sum;
    }

    private double OfRow(double[] sums, double label, double[] slopes)
    {
        var sum = sums[0];
        switch (link)
        {
            case LinearLink.Identity:
                slopes[0] = sum - label;
                return 0.5 * slopes[0] * slopes[0];
            case LinearLink.Log:
                var expected = Math.Exp(Math.Min(sum, LargestSum));
                slopes[0] = expected - label;
                return expected - (label * sum);
            case LinearLink.Logistic:
                slopes[0] = (1 / (1 + Math.Exp(-sum))) - label;
                // log(1 + e^s) without overflow.
                return Math.Max(sum, 0) + Math.Log(1 + Math.Exp(-Math.Abs(sum))) - (label * sum);
            default:
                var most = sums.Max();
                var all = sums.Sum(s => Math.Exp(s - most));
                for (var o = 0; o < sums.Length; o++)
                {
                    slopes[o] = (Math.Exp(sums[o] - most) / all) - (o == (int)label ? 1 : 0);
                }

                return most + Math.Log(all) - sums[(int)label];
        }
    }

    private double Weight(int row) => weights is null ? 1 : weights[row];
}
