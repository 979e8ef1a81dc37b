namespace Flyball.Training;

/// <summary>What a model says of one row.</summary>
/// <param name="Raw">The model's own output, as it left the runtime.</param>
/// <param name="Calibrated">The probability that is answered and decided on.</param>
public readonly record struct Score(float Raw, double Calibrated)
{
    public bool IsFinite => float.IsFinite(Raw) && double.IsFinite(Calibrated);
}
