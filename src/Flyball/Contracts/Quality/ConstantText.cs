using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Quality;

/// <summary>Reads a constant of a contract as a value of a column's type.</summary>
internal static class ConstantText
{
    public static Value? Read(string text, ScalarType type) => type switch
    {
        ScalarType.Text => Value.FromText(text),
        ScalarType.Boolean when text is "true" or "True" => Value.FromBoolean(true),
        ScalarType.Boolean when text is "false" or "False" => Value.FromBoolean(false),
        ScalarType.Integer when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => Value.FromInteger(integer),
        ScalarType.Number when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => Value.FromNumber(number),
        ScalarType.Timestamp when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => Value.FromTimestamp(Clock.ToMicros(time)),
        _ => null,
    };
}
