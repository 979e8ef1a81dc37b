namespace Flyball.Training.Trainers;

/// <summary>From where to where a parameter is searched.</summary>
/// <param name="Low">Least value.</param>
/// <param name="High">Greatest value.</param>
/// <param name="IsLog">Drawn evenly on the logarithmic scale.</param>
/// <param name="IsWhole">Whole numbers only.</param>
public sealed record SearchRange(double Low, double High, bool IsLog, bool IsWhole)
{
    /// <summary>The value at a place from 0 to 1, the end not included.</summary>
    public double At(double place)
    {
        if (IsWhole)
        {
            var whole = IsLog ? Math.Exp(Math.Log(Low) + (place * (Math.Log(High + 1) - Math.Log(Low)))) : Low + (place * (High - Low + 1));
            return Math.Clamp(Math.Floor(whole), Low, High);
        }

        return Math.Clamp(IsLog ? Math.Exp(Math.Log(Low) + (place * (Math.Log(High) - Math.Log(Low)))) : Low + (place * (High - Low)), Low, High);
    }
}
