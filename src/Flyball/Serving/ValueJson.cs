using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;

namespace Flyball.Serving;

/// <summary>Values of features as JSON: numbers in the shortest form that reads back as the same bits.</summary>
internal static class ValueJson
{
    public static JsonNode? Of(in Value value) => value.Kind switch
    {
        null => null,
        ScalarType.Boolean => JsonValue.Create(value.AsBoolean),
        ScalarType.Integer => JsonValue.Create(value.AsInteger),
        ScalarType.Number => JsonValue.Create(value.AsNumber),
        _ => JsonValue.Create(value.ToString()),
    };
}
