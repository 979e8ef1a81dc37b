using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.Trainers;

/// <summary>A number that a trainer takes.</summary>
/// <param name="Name">As in a model file.</param>
/// <param name="Default">Where the file says nothing.</param>
/// <param name="Least">Smallest value.</param>
/// <param name="Most">Largest value.</param>
/// <param name="IsWhole">Fractions are refused.</param>
public sealed record TrainerParameter(string Name, double Default, double Least, double Most, bool IsWhole)
{
    public static TrainerParameter Whole(string name, double usual, double least, double most) => new(name, usual, least, most, true);

    public static TrainerParameter Real(string name, double usual, double least, double most) => new(name, usual, least, most, false);

    public bool Takes(double value) => value >= Least && value <= Most && (!IsWhole || value == Math.Floor(value));

    /// <summary>The file's value, or the default after adding FLY1116.</summary>
    internal double Read(YamlSection section)
    {
        var value = section.Number(Name) ?? Default;
        if (Takes(value))
        {
            return value;
        }

        section.Problems.Add(new Problem("FLY1116", FormattableString.Invariant($"{Name} is {value}; it {(IsWhole ? "is whole and " : "")}lies between {Least} and {Most}."), section.At(Name)));
        return Default;
    }
}
