using System.Buffers;

namespace Flyball.Contracts.Odcs;

/// <summary>
/// From the standard's types to what a field holds. A property may leave its logical type out: then a plain physical type decides. Before
/// the standard had timestamps, <c>date</c> stood for them and for times too; the physical type and the format tell them apart.
/// </summary>
internal static class OdcsTypes
{
    private static readonly SearchValues<char> DayLetters = SearchValues.Create("yudDeE");

    public static readonly Dictionary<string, FieldKind> Logical = new Dictionary<string, FieldKind>(StringComparer.Ordinal)
    {
        ["boolean"] = FieldKind.Boolean,
        ["integer"] = FieldKind.Integer,
        ["number"] = FieldKind.Number,
        ["string"] = FieldKind.Text,
        ["timestamp"] = FieldKind.Timestamp,
        ["date"] = FieldKind.Date,
        ["time"] = FieldKind.Time,
        ["object"] = FieldKind.Object,
        ["array"] = FieldKind.Array,
        ["map"] = FieldKind.Map,
    };

    private static readonly Dictionary<string, FieldKind> Physical = Table(
        (FieldKind.Text, "varchar char character text string nvarchar nchar bpchar clob varchar2 nvarchar2 citext tinytext mediumtext longtext uuid uniqueidentifier xml"),
        (FieldKind.Integer, "int integer bigint smallint tinyint mediumint int2 int4 int8 int16 int32 int64 long short serial bigserial smallserial byteint hugeint uint8 uint16 uint32 uint64"),
        (FieldKind.Number, "double float float4 float8 float32 float64 real decimal numeric number money smallmoney bignumeric"),
        (FieldKind.Boolean, "boolean bool"),
        (FieldKind.Date, "date date32"),
        (FieldKind.Timestamp, "timestamp timestamptz datetime datetime2 smalldatetime datetimeoffset timestamp_ntz timestamp_ltz timestamp_tz timestamp_micros timestamp_millis"),
        (FieldKind.Time, "time"),
        (FieldKind.Object, "struct record row"),
        (FieldKind.Array, "array list"),
        (FieldKind.Map, "map"),
        (FieldKind.Any, "json jsonb variant"));

    /// <summary>What a physical type such as <c>varchar(18)</c> or <c>TIMESTAMP WITH TIME ZONE</c> holds; null when that is not plain.</summary>
    public static FieldKind? OfPhysical(string? type)
    {
        if (type is null)
        {
            return null;
        }

        var end = type.AsSpan().IndexOfAny(" ([<");
        var word = (end < 0 ? type : type[..end]).ToLowerInvariant();
        return Physical.TryGetValue(word, out var kind) ? kind : null;
    }

    /// <summary>What a <c>date</c> holds: a day, a point in time, or a time of day.</summary>
    public static FieldKind OfDate(string? physicalType, string? format)
    {
        if (format is not null)
        {
            var hasDay = format.AsSpan().IndexOfAny(DayLetters) >= 0;
            var hasTime = format.AsSpan().IndexOfAny("Hhkm") >= 0;
            return hasTime ? hasDay ? FieldKind.Timestamp : FieldKind.Time : FieldKind.Date;
        }

        return OfPhysical(physicalType) is (FieldKind.Timestamp or FieldKind.Time) and var kind ? kind : FieldKind.Date;
    }

    private static Dictionary<string, FieldKind> Table(params (FieldKind Kind, string Names)[] rows) =>
        rows.SelectMany(r => r.Names.Split(' ').Select(n => KeyValuePair.Create(n, r.Kind))).ToDictionary(StringComparer.Ordinal);
}
