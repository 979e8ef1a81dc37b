namespace Flyball.Engine.Expressions;

/// <summary>The static type of an expression. Every type has null; none has NaN or infinity.</summary>
public enum ScalarType
{
    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A signed 64-bit integer.</summary>
    Integer,

    /// <summary>A finite IEEE 754 double.</summary>
    Number,

    /// <summary>UTF-16 text, compared by code unit.</summary>
    Text,

    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    Timestamp,
}
