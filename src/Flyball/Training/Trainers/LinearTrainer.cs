using System.Globalization;
using System.Text.Json;
using Flyball.Engine.Problems;
using Flyball.Training.XGBoost;

namespace Flyball.Training.Trainers;

/// <summary>
/// Linear models: ridge for numbers, logistic and multinomial for classes, Poisson with a log link for counts.
/// <list type="number">
/// <item>Inputs are standardised by mean and deviation of the training part; a missing one counts as the mean, and where the training part has missing ones an indicator stands beside.</item>
/// <item>The mean loss plus l2/2 of the squared weights is minimised by L-BFGS in double precision, from zero; the intercepts are not penalised.</item>
/// <item>Weights are rounded to float32 before anything is compared, so that package and model have the same ones.</item>
/// </list>
/// </summary>
internal sealed class LinearTrainer : ITrainer
{
    public const string MemberName = "linear.json";

    /// <summary>The package computes in double as the model does; sums are in another order.</summary>
    private const double Tolerance = 1e-5;

    public string Name => "linear";

    public bool TakesObjective => false;

    public IReadOnlyList<TrainerParameter> Parameters { get; } =
    [
        TrainerParameter.Real("l2", 0.001, 0, 1e6),
        TrainerParameter.Whole("iterations", 500, 1, 100_000),
    ];

    public TrainerOutput Train(TrainerInput input)
    {
        var link = input.Task.HasSeveralOutputs ? LinearLink.Softmax : input.Task.IsProbability ? LinearLink.Logistic : input.Task.Name == "count" ? LinearLink.Log : LinearLink.Identity;
        var scaling = LinearScaling.Of(input.Train.Features, input.Names.Count);
        var design = scaling.Design(input.Train.Features);
        var loss = new LinearLoss(design, scaling.Width, input.Outputs, input.Train.Labels, input.Train.Weights, link, input.Definition["l2"]);
        var (found, rounds) = Lbfgs.Minimise(loss.Evaluate, loss.Start(), (int)input.Definition["iterations"]);
        if (found.Any(w => !double.IsFinite(w)))
        {
            throw new FlyballException(new Problem("FLY3239", "The linear model does not settle: its weights grow without bound.", Remedy: "Raise l2 under trainer."));
        }

        var model = LinearModel.Of(input.Names, scaling, found, input.Outputs, link);
        var onnx = model.ToOnnx();
        var expected = model.Score(input.Test.Features);
        var check = PackagingCheck.Compare(expected, onnx, input.Test.Features, input.Names.Count, Tolerance);
        if (check.Problem is { } problem)
        {
            throw new FlyballException(problem);
        }

        return new TrainerOutput(
            onnx,
            new Dictionary<string, byte[]>(StringComparer.Ordinal) { [MemberName] = JsonSerializer.SerializeToUtf8Bytes(model, TrainingJson.Options) },
            model.Importance(),
            check.MaxDifference,
            string.Create(CultureInfo.InvariantCulture, $"{scaling.Width} weights a score in {rounds} iterations; packaged scores within {check.MaxDifference:G2} of the trained model's"));
    }
}
