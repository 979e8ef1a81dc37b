using Flyball.Training.Datasets;
using Flyball.Training.Tasks;

namespace Flyball.Training.Trainers;

/// <summary>What a trainer is given.</summary>
/// <param name="Definition">Its parameters.</param>
/// <param name="Labels">The task, and the classes of one that has several.</param>
/// <param name="Names">One a column of the parts' inputs.</param>
/// <param name="Train">To learn from.</param>
/// <param name="Validation">To stop and to choose by.</param>
/// <param name="Test">Its inputs alone may be looked at: to compare a package with its model on.</param>
public sealed record TrainerInput(TrainerDefinition Definition, LabelReader Labels, IReadOnlyList<string> Names, TrainingPart Train, TrainingPart Validation, TrainingPart Test)
{
    /// <summary>Where a program of its own works, and what it is shut out from; null where no such program can be started.</summary>
    public TrainerPlace? Place { get; init; }

    public ModelTask Task => Labels.Task;

    /// <summary>Scores a row: the number of classes, or 1.</summary>
    public int Outputs => Task.HasSeveralOutputs ? Labels.Classes.Count : 1;
}
