using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Flyball.Engine.Sequential;

/// <summary>
/// Detects that the mean of a stream in 0..1 rose above a reference value (Shin, Ramdas and Rinaldo's e-detector, in the
/// Shiryaev-Roberts form).
/// <list type="number">
/// <item>For each bet lambda: M &lt;- (1 + M)(1 + lambda (x - m0)), from 0.</item>
/// <item>Alarm when the mean of the M reaches the run length; then all start again from 0.</item>
/// <item>The mean time to a false alarm is at least the run length, without any assumption of independence, as long as the
/// conditional mean stays at most m0. An estimated m0 must be replaced by its upper confidence bound, or the promise is void.</item>
/// </list>
/// An immutable record; as JSON it is its own stored state.
/// </summary>
/// <param name="Reference">m0, between 0 and 1.</param>
/// <param name="RunLength">Mean number of values to a false alarm, at least.</param>
/// <param name="Bets">The lambdas, positive and below 1/m0.</param>
/// <param name="Evidence">One M a bet.</param>
/// <param name="Seen">Values seen.</param>
/// <param name="Alarms">Alarms raised.</param>
/// <param name="IsAlarm">Whether the last value raised an alarm.</param>
public sealed record EDetector(
    double Reference,
    double RunLength,
    ImmutableArray<double> Bets,
    ImmutableArray<double> Evidence,
    long Seen = 0,
    long Alarms = 0,
    bool IsAlarm = false)
{
    private static readonly double[] UsualBets = [0.25, 0.5, 1, 2, 4];

    /// <summary>Mean of the M: the evidence that the mean has risen.</summary>
    [JsonIgnore]
    public double Value => Evidence.Sum() / Evidence.Length;

    /// <summary>A detector that has seen nothing, with those of the bets 1/4, 1/2, 1, 2 and 4 that are below 1/m0.</summary>
    public static EDetector Start(double reference, double runLength)
    {
        if (!(reference > 0 && reference < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(reference), reference, "The reference mean lies between 0 and 1.");
        }

        return Start(reference, runLength, UsualBets.Where(b => b < 1 / reference).ToArray());
    }

    /// <summary>A detector with bets of one's own.</summary>
    public static EDetector Start(double reference, double runLength, ReadOnlySpan<double> bets)
    {
        if (!(reference > 0 && reference < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(reference), reference, "The reference mean lies between 0 and 1.");
        }

        if (!(runLength >= 1 && double.IsFinite(runLength)))
        {
            throw new ArgumentOutOfRangeException(nameof(runLength), runLength, "A run length is at least 1.");
        }

        if (bets.IsEmpty)
        {
            throw new ArgumentException("At least one bet is needed.", nameof(bets));
        }

        foreach (var bet in bets)
        {
            if (!(bet > 0 && bet < 1 / reference))
            {
                throw new ArgumentException("A bet lies between 0 and 1/m0.", nameof(bets));
            }
        }

        return new EDetector(reference, runLength, [.. bets], [.. new double[bets.Length]]);
    }

    /// <summary>The detector after one more value of the stream.</summary>
    public EDetector Observe(double value)
    {
        if (!(value >= 0 && value <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "The stream lies in 0..1.");
        }

        var evidence = new double[Bets.Length];
        double sum = 0;
        for (var i = 0; i < evidence.Length; i++)
        {
            evidence[i] = (1 + Evidence[i]) * (1 + (Bets[i] * (value - Reference)));
            sum += evidence[i];
        }

        var alarm = sum / evidence.Length >= RunLength;
        if (alarm)
        {
            Array.Clear(evidence);
        }

        return this with { Evidence = ImmutableCollectionsMarshal.AsImmutableArray(evidence), Seen = Seen + 1, Alarms = Alarms + (alarm ? 1 : 0), IsAlarm = alarm };
    }
}
