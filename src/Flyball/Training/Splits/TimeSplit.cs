using System.Globalization;

using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Training.Splits;

/// <summary>A split by time, as a model file states it: learn from the past, judge on what came later.</summary>
/// <param name="Train">At most so much is learned from; whatever exists of it.</param>
/// <param name="Validation">Length of the validation part.</param>
/// <param name="Test">Length of the test part, the last one.</param>
/// <param name="Embargo">Left out between parts, at least <paramref name="LabelWindow"/>: the label of a row in it was not known yet when the next part begins.</param>
/// <param name="LabelWindow">How long after an event its label may still change.</param>
public sealed record TimeSplit(TimeSpan Train, TimeSpan Validation, TimeSpan Test, TimeSpan Embargo, TimeSpan LabelWindow)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_525);

    /// <summary>All that is wrong: FLY1140 for an embargo below the label window, FLY1141 for lengths that make no sense.</summary>
    public IReadOnlyList<Problem> Validate()
    {
        var problems = new List<Problem>();
        Require(Train, "train", zeroAllowed: false);
        Require(Validation, "validation", zeroAllowed: false);
        Require(Test, "test", zeroAllowed: false);
        Require(Embargo, "embargo", zeroAllowed: true);
        Require(LabelWindow, "label.window", zeroAllowed: true);
        if (Embargo < LabelWindow)
        {
            problems.Add(new(
                "FLY1140",
                $"The embargo of {Shown(Embargo)} is shorter than the label window of {Shown(LabelWindow)}.",
                new ProblemLocation(Field: "split.embargo"),
                $"Set it to {Shown(LabelWindow)} or more: otherwise training uses labels that were not known at the time."));
        }

        return problems;

        void Require(TimeSpan length, string field, bool zeroAllowed)
        {
            var tooShort = length < TimeSpan.Zero || (length == TimeSpan.Zero && !zeroAllowed);
            if (tooShort || length > Longest || length.Ticks % TimeSpan.TicksPerMicrosecond != 0)
            {
                problems.Add(new(
                    "FLY1141",
                    $"The length {field} is {Shown(length)}.",
                    new ProblemLocation(Field: field == "label.window" ? field : $"split.{field}"),
                    $"Give {(zeroAllowed ? "zero or more" : "more than zero")}, in whole microseconds, at most 100 years."));
            }
        }
    }

    /// <summary>
    /// The parts, worked out backwards from the last instant whose label is final (<c>t + label window &lt;= as of</c>):
    /// test, embargo, validation, embargo, train.
    /// </summary>
    /// <param name="asOf">Nothing that was known later counts.</param>
    /// <exception cref="FlyballException">The split is not valid: the first of <see cref="Validate"/>.</exception>
    public SplitPlan Plan(KnownAt asOf)
    {
        if (Validate() is [var first, ..])
        {
            throw new FlyballException(first);
        }

        // Until is exclusive and the last final instant itself counts: one microsecond more.
        var testUntil = checked(asOf.Micros - Micros(LabelWindow) + 1);
        var testFrom = checked(testUntil - Micros(Test));
        var validationUntil = checked(testFrom - Micros(Embargo));
        var validationFrom = checked(validationUntil - Micros(Validation));
        var trainUntil = checked(validationFrom - Micros(Embargo));
        var trainFrom = checked(trainUntil - Micros(Train));
        return new(Range(trainFrom, trainUntil), Range(validationFrom, validationUntil), Range(testFrom, testUntil), asOf, this);
    }

    private static TimeRange Range(long from, long until) => new(new(from), new(until));

    private static long Micros(TimeSpan length) => length.Ticks / TimeSpan.TicksPerMicrosecond;

    private static string Shown(TimeSpan length) => length.ToString("c", CultureInfo.InvariantCulture);
}
