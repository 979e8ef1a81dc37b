namespace Flyball.Storage.Lakes;

/// <summary>Types of a lake column, with what they are in Parquet.</summary>
public enum LakeType
{
    /// <summary>BOOLEAN.</summary>
    Boolean,

    /// <summary>INT64.</summary>
    Integer,

    /// <summary>DOUBLE; never NaN or infinite.</summary>
    Number,

    /// <summary>UTF-8 BYTE_ARRAY.</summary>
    Text,

    /// <summary>INT64 microseconds since 1970-01-01, in UTC.</summary>
    Timestamp,
}
