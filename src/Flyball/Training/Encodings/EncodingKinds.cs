namespace Flyball.Training.Encodings;

/// <summary>The ways in which a category becomes numbers.</summary>
internal static class EncodingKinds
{
    /// <summary>A column a category, 1 in its own.</summary>
    public const string OneHot = "one-hot";

    /// <summary>The rank by frequency in the training part, from 0.</summary>
    public const string Ordinal = "ordinal";

    /// <summary>The smoothed mean of the labels of the category.</summary>
    public const string Target = "target";

    /// <summary>A column a bucket, 1 in that of the category's hash.</summary>
    public const string Hash = "hash";
}
