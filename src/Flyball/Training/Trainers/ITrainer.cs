namespace Flyball.Training.Trainers;

/// <summary>A way to make a model of a training set. One small class a trainer, collected by name in <see cref="TrainerCatalog"/>.</summary>
public interface ITrainer
{
    /// <summary>As <c>trainer: { kind: … }</c> says.</summary>
    string Name { get; }

    /// <summary>The numbers it takes.</summary>
    IReadOnlyList<TrainerParameter> Parameters { get; }

    /// <summary>It takes <c>objective</c> and <c>monotone</c>.</summary>
    bool TakesObjective { get; }

    /// <summary>Makes a model, packages it, and compares the package with it. Deterministic: the same input gives the same bytes.</summary>
    /// <exception cref="Engine.Problems.FlyballException">The rows cannot be learned from, or the package does not agree with the model.</exception>
    TrainerOutput Train(TrainerInput input);
}
