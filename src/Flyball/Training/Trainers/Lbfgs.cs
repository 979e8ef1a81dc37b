namespace Flyball.Training.Trainers;

/// <summary>
/// Minimises a smooth function (limited-memory BFGS, Nocedal and Wright 2006, algorithm 7.5).
/// <list type="number">
/// <item>The direction is the gradient bent by the last ten steps (two loops).</item>
/// <item>The step is halved until the function falls enough (Armijo); where the slope is still steep it is doubled (weak Wolfe).</item>
/// <item>It ends when the gradient is small, when nothing falls any more, or after so many iterations.</item>
/// </list>
/// Deterministic: sums are made in one order.
/// </summary>
internal static class Lbfgs
{
    private const int Memory = 10;
    private const double SmallGradient = 1e-8;
    private const double SmallFall = 1e-13;

    /// <param name="function">Gives the value at a point, and writes the gradient.</param>
    /// <param name="start">Where to begin; not changed.</param>
    /// <param name="iterations">At most so many.</param>
    public static (double[] Found, int Iterations) Minimise(Func<double[], double[], double> function, double[] start, int iterations)
    {
        var (point, gradient) = ((double[])start.Clone(), new double[start.Length]);
        var value = function(point, gradient);
        var past = new List<(double[] Step, double[] Change, double Scale)>(Memory);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            if (gradient.Max(Math.Abs) <= SmallGradient)
            {
                return (point, iteration);
            }

            var direction = Direction(gradient, past);
            if (Dot(direction, gradient) >= 0)
            {
                past.Clear();
                direction = [.. gradient.Select(g => -g)];
            }

            if (Search(function, point, value, gradient, direction, past.Count == 0) is not { } next)
            {
                return (point, iteration);
            }

            var (step, change) = (Minus(next.Point, point), Minus(next.Gradient, gradient));
            var fall = value - next.Value;
            (point, gradient, value) = (next.Point, next.Gradient, next.Value);
            if (Dot(step, change) is > 1e-300 and var curvature)
            {
                past.Add((step, change, 1 / curvature));
                if (past.Count > Memory)
                {
                    past.RemoveAt(0);
                }
            }

            if (fall <= SmallFall * Math.Max(1, Math.Abs(value)))
            {
                return (point, iteration + 1);
            }
        }

        return (point, iterations);
    }

    private static double[] Direction(double[] gradient, List<(double[] Step, double[] Change, double Scale)> past)
    {
        var direction = (double[])gradient.Clone();
        var alphas = new double[past.Count];
        for (var i = past.Count - 1; i >= 0; i--)
        {
            alphas[i] = past[i].Scale * Dot(past[i].Step, direction);
            Add(direction, past[i].Change, -alphas[i]);
        }

        if (past.Count > 0)
        {
            var scale = 1 / (past[^1].Scale * Dot(past[^1].Change, past[^1].Change));
            for (var i = 0; i < direction.Length; i++)
            {
                direction[i] *= scale;
            }
        }

        for (var i = 0; i < past.Count; i++)
        {
            Add(direction, past[i].Step, alphas[i] - (past[i].Scale * Dot(past[i].Change, direction)));
        }

        for (var i = 0; i < direction.Length; i++)
        {
            direction[i] = -direction[i];
        }

        return direction;
    }

    private static (double[] Point, double[] Gradient, double Value)? Search(
        Func<double[], double[], double> function, double[] point, double value, double[] gradient, double[] direction, bool isFirst)
    {
        var slope = Dot(direction, gradient);
        var (low, high) = (0.0, double.PositiveInfinity);
        var step = isFirst ? Math.Min(1, 1 / Math.Sqrt(Dot(gradient, gradient))) : 1;
        (double[] Point, double[] Gradient, double Value)? good = null;
        for (var attempt = 0; attempt < 60; attempt++)
        {
            var (next, slopes) = ((double[])point.Clone(), new double[point.Length]);
            Add(next, direction, step);
            var found = function(next, slopes);
            if (!double.IsFinite(found) || found > value + (1e-4 * step * slope))
            {
                high = step;
            }
            else
            {
                good = (next, slopes, found);
                if (Dot(direction, slopes) >= 0.9 * slope)
                {
                    return good;
                }

                low = step;
            }

            step = double.IsInfinity(high) ? 2 * step : (low + high) / 2;
        }

        return good;
    }

    private static double[] Minus(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x - y)];

    private static void Add(double[] to, double[] what, double times)
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] += times * what[i];
        }
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
