using System.Globalization;
using Flyball.Engine.Time;

namespace Flyball.Engine.Expressions;

/// <summary>
/// One scalar or null, in 16 bytes and without boxing. Equality is bitwise (text: ordinal), so two values are equal exactly when
/// their stored form is: a number is finite and has one zero, -0.0 becoming 0.0, so there is nothing to disagree about.
/// </summary>
public readonly struct Value : IEquatable<Value>
{
    private static readonly Tag BooleanTag = new(ScalarType.Boolean);
    private static readonly Tag IntegerTag = new(ScalarType.Integer);
    private static readonly Tag NumberTag = new(ScalarType.Number);
    private static readonly Tag TimestampTag = new(ScalarType.Timestamp);

    // Null for null, the string for text, one of the tags for everything that fits into 64 bits.
    private readonly object? tag;

    private Value(object? tag, long bits)
    {
        this.tag = tag;
        Bits = bits;
    }

    /// <summary>The absent value of every type; the default of this struct.</summary>
    public static Value Null => default;

    public bool IsNull => tag is null;

    /// <summary>The type of what is held, or null for null.</summary>
    public ScalarType? Kind => tag switch
    {
        null => null,
        Tag known => known.Type,
        _ => ScalarType.Text,
    };

    public bool AsBoolean => Holds(BooleanTag) ? Bits != 0 : throw Mismatch(ScalarType.Boolean);

    public long AsInteger => Holds(IntegerTag) ? Bits : throw Mismatch(ScalarType.Integer);

    public double AsNumber => Holds(NumberTag) ? Number : throw Mismatch(ScalarType.Number);

    public string AsText => tag as string ?? throw Mismatch(ScalarType.Text);

    public EventTime AsTimestamp => Holds(TimestampTag) ? new(Bits) : throw Mismatch(ScalarType.Timestamp);

    /// <summary>The payload of a boolean (0 or 1), integer or timestamp. Only for code that knows the type.</summary>
    internal long Bits { get; }

    /// <summary>The payload of a number. Only for code that knows the type.</summary>
    internal double Number => BitConverter.Int64BitsToDouble(Bits);

    /// <summary>The text itself. Only for code that knows the type.</summary>
    internal string Text => (string)tag!;

    internal bool IsTrue => Holds(BooleanTag) && Bits != 0;

    public static Value FromBoolean(bool value) => new(BooleanTag, value ? 1 : 0);

    public static Value FromInteger(long value) => new(IntegerTag, value);

    /// <summary>A finite number; NaN and the infinities give null, because no value may hold them.</summary>
    public static Value FromNumber(double value) =>
        double.IsFinite(value) ? new(NumberTag, BitConverter.DoubleToInt64Bits(value + 0.0)) : default;

    /// <summary>Text; a null reference gives null.</summary>
    public static Value FromText(string? value) => new(value, 0);

    /// <param name="micros">Microseconds since the Unix epoch, UTC.</param>
    public static Value FromTimestamp(long micros) => new(TimestampTag, micros);

    public static Value FromTimestamp(EventTime time) => FromTimestamp(time.Micros);

    /// <summary>Reads an integer or a number as a double; false for anything else, null included.</summary>
    public bool TryGetNumber(out double number)
    {
        if (Holds(NumberTag))
        {
            number = Number;
            return true;
        }

        number = Holds(IntegerTag) ? Bits : 0;
        return Holds(IntegerTag);
    }

    public bool Equals(Value other) =>
        Bits == other.Bits
        && (ReferenceEquals(tag, other.tag)
            || (tag is string text && other.tag is string otherText && string.Equals(text, otherText, StringComparison.Ordinal)));

    public override bool Equals(object? obj) => obj is Value other && Equals(other);

    public override int GetHashCode() =>
        tag is string text ? text.GetHashCode(StringComparison.Ordinal) : HashCode.Combine(tag, Bits);

    public static bool operator ==(Value left, Value right) => left.Equals(right);

    public static bool operator !=(Value left, Value right) => !left.Equals(right);

    /// <summary>For people and test reports: <c>null</c>, <c>true</c>, <c>42</c>, <c>0.1</c>, the text, or RFC 3339.</summary>
    public override string ToString() => Kind switch
    {
        null => "null",
        ScalarType.Boolean => Bits != 0 ? "true" : "false",
        ScalarType.Integer => Bits.ToString(CultureInfo.InvariantCulture),
        ScalarType.Number => Number.ToString("R", CultureInfo.InvariantCulture),
        ScalarType.Text => Text,
        _ => InCalendar(Bits) ? new EventTime(Bits).ToString() : Bits.ToString(CultureInfo.InvariantCulture) + "us",
    };

    private static bool InCalendar(long micros) =>
        micros >= Clock.ToMicros(DateTimeOffset.MinValue) && micros <= Clock.ToMicros(DateTimeOffset.MaxValue);

    private bool Holds(Tag expected) => ReferenceEquals(tag, expected);

    private InvalidOperationException Mismatch(ScalarType wanted) =>
        new($"A value of type {Kind?.ToString() ?? "null"} was read as {wanted}.");

    private sealed class Tag(ScalarType type)
    {
        public ScalarType Type { get; } = type;
    }
}
