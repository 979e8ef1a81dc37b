using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.Splits;

/// <summary>How large the parts of a split without time are.</summary>
/// <param name="Train">Share of the rows, 0 to 1.</param>
/// <param name="Validation">Likewise.</param>
/// <param name="Test">Likewise; the three make 1 or less.</param>
/// <param name="Seed">Of the order in which rows are dealt.</param>
public sealed record SplitShares(double Train, double Validation, double Test, long Seed)
{
    /// <summary>Reads <c>train</c>, <c>validation</c>, <c>test</c> and <c>seed</c>; adds FLY1286 for what are no shares.</summary>
    public static SplitShares? Read(YamlSection section)
    {
        var (train, validation, test) = (Share(section, "train"), Share(section, "validation"), Share(section, "test"));
        var seed = section.Integer("seed") ?? 0;
        if (train + validation + test > 1 + 1e-9)
        {
            section.Problems.Add(new Problem("FLY1286", "The parts of the split are more than the whole.", section.At("train"), "Let train, validation and test make 100% or less."));
            return null;
        }

        return train is null || validation is null || test is null ? null : new SplitShares(train.Value, validation.Value, test.Value, seed);
    }

    private static double? Share(YamlSection section, string name)
    {
        if (section.Text(name) is not { } text)
        {
            return null;
        }

        var isPercent = text.EndsWith('%');
        if (double.TryParse(isPercent ? text[..^1] : text, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && (isPercent ? number / 100 : number) is > 0 and < 1 and var share)
        {
            return share;
        }

        section.Problems.Add(new Problem("FLY1286", $"'{text}' is no share of the rows.", section.At(name), "Write a percentage, such as 70%. Lengths of time belong to a split by time."));
        return null;
    }
}
