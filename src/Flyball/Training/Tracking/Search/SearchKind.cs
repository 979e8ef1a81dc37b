namespace Flyball.Training.Tracking.Search;

/// <summary>What a name in a filter belongs to.</summary>
public enum SearchKind
{
    /// <summary>The thing itself, such as its status.</summary>
    Attribute,

    /// <summary>The latest value of a metric.</summary>
    Metric,

    /// <summary>A parameter.</summary>
    Param,

    /// <summary>A tag.</summary>
    Tag,

    /// <summary>A dataset that was read.</summary>
    Dataset,
}
