using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Flyball.Engine.Statistics;

/// <summary>
/// Bins of a categorical column, frozen when the reference was profiled: one a category, the most frequent first.
/// When the reference had more categories than kept, the rest share the last bin, and a category that is new cannot be told
/// from one of the rest; otherwise a category that the reference never had is <c>unseen</c>.
/// </summary>
public sealed class CategoryBins : IEquatable<CategoryBins>
{
    private readonly FrozenDictionary<string, int> index;

    /// <exception cref="ArgumentException">A category is listed twice.</exception>
    [JsonConstructor]
    public CategoryBins(ImmutableArray<string> categories, bool hasOther)
    {
        Categories = categories.IsDefault ? [] : categories;
        HasOther = hasOther;
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var category in Categories)
        {
            if (!places.TryAdd(category, places.Count))
            {
                throw new ArgumentException("A category is listed twice.", nameof(categories));
            }
        }

        index = places.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The categories with a bin of their own.</summary>
    public ImmutableArray<string> Categories { get; }

    /// <summary>Whether one more bin, the last, holds all further categories.</summary>
    public bool HasOther { get; }

    /// <summary>Number of bins, without the extra buckets.</summary>
    [JsonIgnore]
    public int Count => Categories.Length + (HasOther ? 1 : 0);

    /// <summary>Freezes the categories of a reference sample; null is a missing value.</summary>
    /// <param name="reference">The reference values.</param>
    /// <param name="kept">How many categories get a bin of their own: the most frequent, ties by ordinal name.</param>
    public static CategoryBins Fit(ReadOnlySpan<string?> reference, int kept = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, 1);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var value in reference)
        {
            if (value is not null)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, value, out _)++;
            }
        }

        var ordered = counts
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key, StringComparer.Ordinal)
            .Take(kept)
            .Select(c => c.Key);
        return new CategoryBins([.. ordered], counts.Count > kept);
    }

    /// <summary>Counts a batch; null is a missing value.</summary>
    public BinCounts CountValues(ReadOnlySpan<string?> values)
    {
        var bins = new long[Count];
        long missing = 0, unseen = 0;
        foreach (var value in values)
        {
            if (value is null)
            {
                missing++;
            }
            else if (index.TryGetValue(value, out var bin))
            {
                bins[bin]++;
            }
            else if (HasOther)
            {
                bins[^1]++;
            }
            else
            {
                unseen++;
            }
        }

        return new BinCounts(ImmutableCollectionsMarshal.AsImmutableArray(bins), missing, Unseen: unseen);
    }

    public bool Equals(CategoryBins? other) =>
        other is not null && HasOther == other.HasOther && Categories.SequenceEqual(other.Categories, StringComparer.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as CategoryBins);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(HasOther);
        foreach (var category in Categories)
        {
            hash.Add(category, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }
}
