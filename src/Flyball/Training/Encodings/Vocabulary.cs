namespace Flyball.Training.Encodings;

/// <summary>The categories of one feature that the rows of a training set have, numbered as they first came. Not thread-safe.</summary>
/// <param name="mask">The feature, when its categories are named by <see cref="CategoryMask"/>; null when they are named as they are.</param>
internal sealed class Vocabulary(string? mask = null)
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<string> categories = [];

    public int Count => categories.Count;

    public bool IsMasked => mask is not null;

    public string this[int number] => categories[number];

    public int NumberOf(string category)
    {
        if (!numbers.TryGetValue(category, out var number))
        {
            number = categories.Count;
            numbers.Add(category, number);
            categories.Add(mask is null ? category : CategoryMask.Of(mask, category));
        }

        return number;
    }
}
