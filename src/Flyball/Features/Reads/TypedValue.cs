using System.Text;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Features.Reads;

/// <summary>A value of JSON as the type that a column has. The text "7" and the number 7 are different keys, so neither is taken for the other.</summary>
internal static class TypedValue
{
    public static bool TryRead(in Value given, ScalarType type, out Value value)
    {
        value = given;
        if (given.IsNull || given.Kind == type)
        {
            return true;
        }

        switch (type)
        {
            case ScalarType.Number when given.Kind == ScalarType.Integer:
                value = Value.FromNumber(given.AsInteger);
                return true;
            case ScalarType.Timestamp when given.Kind == ScalarType.Text && Rfc3339.TryRead(Encoding.UTF8.GetBytes(given.AsText), out var micros):
                value = Value.FromTimestamp(micros);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Names the place and the type, never the value.</summary>
    public static FlyballException Mismatch(string column, int row, ScalarType type) => new(new Problem(
        "FLY3183", $"A value of {column} is no {type}.", new ProblemLocation(Field: $"{column}[{row}]"), type == ScalarType.Timestamp ? "Send a time with an offset, such as 2018-04-01T00:00:00Z." : "Send the type of the contract."));
}
