using System.Globalization;
using Flyball.Engine.Expressions;

namespace Flyball.Training.Tasks;

/// <summary>A value as the one text that names it as a class or a category, however it was written.</summary>
internal static class PlainText
{
    /// <summary>The text itself, digits, or <c>true</c> and <c>false</c>. 1 and 1.0 are one category.</summary>
    /// <param name="value">Not null.</param>
    public static string Of(in Value value) => value.Kind switch
    {
        ScalarType.Text => value.AsText,
        ScalarType.Boolean => value.AsBoolean ? "true" : "false",
        ScalarType.Integer => value.AsInteger.ToString(CultureInfo.InvariantCulture),
        ScalarType.Number => value.AsNumber.ToString("R", CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
