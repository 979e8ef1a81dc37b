namespace Flyball.Contracts;

/// <summary>What a field of a contract holds. The order is that of simple kinds first, nested ones after them.</summary>
public enum FieldKind
{
    Boolean,

    Integer,

    Number,

    Text,

    /// <summary>A point in time.</summary>
    Timestamp,

    /// <summary>A day; its value is the day's midnight in UTC.</summary>
    Date,

    /// <summary>A time of day, kept as the text <c>13:45:00</c> with up to six digits of a second.</summary>
    Time,

    /// <summary>A JSON object; its value is canonical JSON text, like that of the kinds below.</summary>
    Object,

    Array,

    /// <summary>A JSON object whose names are keys.</summary>
    Map,

    /// <summary>Any JSON value.</summary>
    Any,
}
