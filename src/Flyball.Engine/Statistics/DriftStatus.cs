using System.Text.Json.Serialization;

namespace Flyball.Engine.Statistics;

/// <summary>What a drift test says about one feature.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftStatus>))]
public enum DriftStatus
{
    /// <summary>Tested, nothing that matters moved.</summary>
    Ok,

    /// <summary>The lower bound of the effect is above the threshold, and the finding survives the correction for many tests.</summary>
    Drift,

    /// <summary>Too few rows to say; the reason tells which side.</summary>
    Insufficient,

    /// <summary>The feature could not be tested; the others were.</summary>
    Error,
}
