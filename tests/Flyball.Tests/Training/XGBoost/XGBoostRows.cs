using Flyball.Training.XGBoost;

namespace Flyball.Tests.Training.XGBoost;

/// <summary>Seeded rows whose labels depend on them, some values missing, some rounded so that they meet thresholds.</summary>
internal static class XGBoostRows
{
    public const int Columns = 5;

    public static readonly string[] Names = ["amount", "hour", "count_1d", "mean_7d", "ratio"];

    public static LabelledRows Binary(int rows, int seed) => Make(rows, seed, (score, random) => random.NextDouble() < 1 / (1 + Math.Exp(-score)) ? 1f : 0f);

    public static LabelledRows Numbers(int rows, int seed) => Make(rows, seed, (score, random) => (float)(100 + (20 * score) + random.NextDouble()));

    private static LabelledRows Make(int rows, int seed, Func<double, Random, float> label)
    {
        var random = new Random(seed);
        var values = new float[rows * Columns];
        var labels = new float[rows];
        for (var r = 0; r < rows; r++)
        {
            var row = values.AsSpan(r * Columns, Columns);
            row[0] = (float)(random.NextDouble() * 500);
            row[1] = random.Next(24);
            row[2] = random.Next(10);
            row[3] = random.Next(5) == 0 ? float.NaN : (float)Math.Round(random.NextDouble() * 20) / 4;
            row[4] = random.Next(20) == 0 ? float.NaN : (float)((random.NextDouble() - 0.5) * 1e-3);
            var score = (row[0] / 100) - 4 + (row[1] < 6 ? 1.5 : 0) + (float.IsNaN(row[3]) ? 1 : row[3] / 5) + (float.IsNaN(row[4]) ? 0 : row[4] * 800);
            labels[r] = label(score, random);
        }

        return new(values, Columns, labels);
    }
}
