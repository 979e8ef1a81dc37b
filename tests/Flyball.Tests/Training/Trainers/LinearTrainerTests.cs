using Flyball.Tests.Training.Tasks;
using Flyball.Training.Trainers;

namespace Flyball.Tests.Training.Trainers;

public sealed class LinearTrainerTests
{
    [Theory]
    [InlineData("binary-classification", "value: left, positive: \"Yes\"", "log_loss")]
    [InlineData("multiclass-classification", "value: kind", "log_loss")]
    [InlineData("regression", "value: total", "rmse")]
    [InlineData("count", "value: total", "poisson_deviance")]
    public async Task Every_link_beats_the_baseline_and_is_packaged_as_it_scores(string task, string label, string metric)
    {
        await using var world = await TaskWorld.OpenAsync(TaskWorld.ModelFile(task, label, $"encode: {{ plan: one-hot }}\n{TaskWorld.Stratified}\ntrainer: {{ kind: linear }}"));

        var (result, bundle, _) = world.Train();

        Assert.True(result.Metrics[metric] < 0.8 * result.Baseline!.Metrics[metric], $"{result.Metrics[metric]} against {result.Baseline.Metrics[metric]}");
        Assert.True(result.PackagingDifference < 1e-5);
        Assert.True(bundle.Contains(LinearTrainer.MemberName));
        Assert.Equal(bundle.Digest, world.Train().Bundle.Digest);
    }

    /// <summary>Against the normal equations, which know nothing of iterations.</summary>
    [Fact]
    public void Ridge_is_what_the_normal_equations_give()
    {
        var random = new Random(4);
        const int rows = 200, width = 3;
        double[] design = [.. Enumerable.Range(0, rows * width).Select(_ => (random.NextDouble() * 2) - 1)];
        float[] labels = [.. Enumerable.Range(0, rows).Select(r => (float)(3 + (2 * design[r * width]) - design[(r * width) + 1] + (0.1 * random.NextDouble())))];
        var loss = new LinearLoss(design, width, 1, labels, null, LinearLink.Identity, 0.05);

        var (found, _) = Lbfgs.Minimise(loss.Evaluate, loss.Start(), 500);

        var x = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(rows, width + 1, (r, c) => c < width ? design[(r * width) + c] : 1);
        var penalty = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseDiagonal(width + 1, width + 1, i => i < width ? 0.05 * rows : 0);
        var y = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(rows, r => labels[r]);
        var exact = ((x.Transpose() * x) + penalty).Solve(x.Transpose() * y);
        for (var i = 0; i <= width; i++)
        {
            Assert.Equal(exact[i], found[i], 6);
        }
    }

    [Theory]
    [InlineData(LinearLink.Identity, 1)]
    [InlineData(LinearLink.Logistic, 1)]
    [InlineData(LinearLink.Log, 1)]
    [InlineData(LinearLink.Softmax, 3)]
    public void The_gradient_is_the_slope_of_the_loss(LinearLink link, int outputs)
    {
        var random = new Random(9);
        double[] design = [.. Enumerable.Range(0, 40).Select(_ => random.NextDouble() - 0.5)];
        float[] labels = [.. Enumerable.Range(0, 20).Select(i => (float)(link == LinearLink.Softmax ? i % 3 : i % 2))];
        float[] weights = [.. Enumerable.Range(0, 20).Select(i => 1f + (i % 3))];
        var loss = new LinearLoss(design, 2, outputs, labels, weights, link, 0.1);
        double[] at = [.. Enumerable.Range(0, outputs * 3).Select(_ => random.NextDouble() - 0.5)];
        var gradient = new double[at.Length];
        loss.Evaluate(at, gradient);

        for (var i = 0; i < at.Length; i++)
        {
            double Moved(double by)
            {
                var there = (double[])at.Clone();
                there[i] += by;
                return loss.Evaluate(there, new double[at.Length]);
            }

            Assert.Equal((Moved(1e-5) - Moved(-1e-5)) / 2e-5, gradient[i], 6);
        }
    }
}
