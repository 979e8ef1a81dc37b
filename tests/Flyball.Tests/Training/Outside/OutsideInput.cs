using Flyball.Engine.Time;
using Flyball.Tests.Training.Tasks;
using Flyball.Training.Bundles;
using Flyball.Training.Splits;
using Flyball.Training.Trainers;

namespace Flyball.Tests.Training.Outside;

/// <summary>One world with a booster that was trained in it, and what a trainer is given there; tests only read it.</summary>
public sealed class OutsideInput : IAsyncLifetime
{
    private const string View = """
        view: person
        inputs: people
        features:
          x: x
          n: n
          big: x > 0.5
        """;

    internal TaskWorld World { get; private set; } = null!;

    internal TrainerInput Input { get; private set; } = null!;

    internal (Flyball.Training.Jobs.TrainingResult Result, ModelBundle Bundle, Flyball.Training.Jobs.FrozenEvaluation Frozen) Trained { get; private set; }

    public byte[] Booster => Trained.Bundle[ModelBundle.XGBoostName].ToArray();

    internal static Task<TaskWorld> OpenAsync(string more = "") => TaskWorld.OpenAsync(
        TaskWorld.ModelFile("binary-classification", "value: left, positive: \"Yes\"", $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}{more}"), rows: 600, view: View);

    public async ValueTask InitializeAsync()
    {
        World = await OpenAsync();
        Trained = World.Train();
        var model = World.Model;
        var set = World.Builder().Build(new StratifiedSplit(model.Definition.Split.Shares!, model.Task.HasClasses), new EventTime(long.MaxValue / 8));
        Input = new TrainerInput(model.Definition.Trainer, model.Labels, set.Encoder.InputNames, set.Train, set.Validation, set.Test);
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
