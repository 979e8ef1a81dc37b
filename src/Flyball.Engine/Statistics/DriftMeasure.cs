using System.Text.Json.Serialization;

namespace Flyball.Engine.Statistics;

/// <summary>The effect that a drift test reports.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftMeasure>))]
public enum DriftMeasure
{
    /// <summary>Population stability index, for binned numbers. Missing values are left to the integrity signals.</summary>
    PopulationStability,

    /// <summary>Cramer's V of the contingency table, for categories; missing is one of the cells.</summary>
    CramersV,
}
