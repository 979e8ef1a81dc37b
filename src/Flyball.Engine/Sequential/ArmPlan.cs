using System.Collections.Immutable;

namespace Flyball.Engine.Sequential;

/// <summary>
/// Several arms laid side by side in the declared order: arm i takes the units with c_i &lt;= u &lt; c_{i+1}, c the cumulative shares.
/// Immutable; thread-safe.
/// </summary>
public sealed class ArmPlan
{
    private readonly UInt128[] thresholds;

    /// <exception cref="ArgumentException">A share is negative, the shares exceed 1 together, or a name is listed twice.</exception>
    public ArmPlan(string salt, IEnumerable<Arm> arms)
    {
        Salt = salt;
        Arms = [.. arms];
        thresholds = new UInt128[Arms.Length];
        var names = new HashSet<string>(StringComparer.Ordinal);
        decimal sum = 0;
        for (var i = 0; i < Arms.Length; i++)
        {
            if (!names.Add(Arms[i].Name))
            {
                throw new ArgumentException($"Arm '{Arms[i].Name}' is listed twice.", nameof(arms));
            }

            if (Arms[i].Share < 0 || (sum += Arms[i].Share) > 1)
            {
                throw new ArgumentException($"The shares up to arm '{Arms[i].Name}' are not within 0..1.", nameof(arms));
            }

            thresholds[i] = StickyAssignment.Threshold(sum);
        }
    }

    public string Salt { get; }

    public ImmutableArray<Arm> Arms { get; }

    /// <summary>The arm of a unit, or null when the shares leave it out.</summary>
    public Arm? ArmOf(string unit) => ArmOf(StickyAssignment.Position(Salt, unit));

    /// <summary>The arm of a position.</summary>
    public Arm? ArmOf(ulong position)
    {
        for (var i = 0; i < thresholds.Length; i++)
        {
            if (StickyAssignment.IsIn(position, thresholds[i]))
            {
                return Arms[i];
            }
        }

        return null;
    }
}
