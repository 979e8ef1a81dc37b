namespace Flyball.Training.Encodings;

/// <summary>How one feature becomes inputs of the model, learned from the training part: part of the manifest.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Kind"><c>one-hot</c>, <c>ordinal</c>, <c>target</c> or <c>hash</c>.</param>
/// <param name="Categories">Those of the training part, the most frequent first; of equally frequent ones the first by code units.</param>
public sealed record FeatureEncoding(string Feature, string Kind, IReadOnlyList<string> Categories)
{
    /// <summary>Of <c>target</c>: the number a category stands for, in the order of the categories.</summary>
    public IReadOnlyList<double> Targets { get; init; } = [];

    /// <summary>Of <c>target</c>: the number of a category that the training part did not have.</summary>
    public double Prior { get; init; }

    /// <summary>Of <c>hash</c>: how many columns.</summary>
    public int Buckets { get; init; }

    /// <summary>True when the feature's values stay in the log: the categories are the names that <see cref="CategoryMask"/> gives them. Null when they are the values.</summary>
    public bool? Masked { get; init; }

    /// <summary>What a value is called among the categories.</summary>
    internal string NameOf(string value) => Masked == true ? CategoryMask.Of(Feature, value) : value;

    /// <summary>How many inputs it gives.</summary>
    internal int Width => Kind switch
    {
        EncodingKinds.OneHot => Math.Max(1, Categories.Count),
        EncodingKinds.Hash => Buckets,
        _ => 1,
    };
}
