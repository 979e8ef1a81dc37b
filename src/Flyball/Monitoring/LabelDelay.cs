namespace Flyball.Monitoring;

/// <summary>How long the labels of the matured requests of one day took, on the scale of ln(1 + seconds): there a delay that doubles everywhere is a shift.</summary>
/// <param name="Day">Days since 1970-01-01, of the request.</param>
/// <param name="Labels">How many.</param>
/// <param name="Sum">Of the logarithms.</param>
/// <param name="Squares">Sum of their squares.</param>
internal sealed record LabelDelay(long Day, long Labels, double Sum, double Squares)
{
    public LabelDelay Plus(LabelDelay other) => new(Day, Labels + other.Labels, Sum + other.Sum, Squares + other.Squares);

    public double Mean => Sum / Labels;

    /// <summary>Variance of the mean.</summary>
    public double Error => Math.Max(0, (Squares / Labels) - (Mean * Mean)) / Labels;
}
