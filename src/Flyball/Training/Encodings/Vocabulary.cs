namespace Flyball.Training.Encodings;

/// <summary>The categories of one feature that the rows of a training set have, numbered as they first came. Not thread-safe.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<string> categories = [];

    public int Count => categories.Count;

    public string this[int number] => categories[number];

    public int NumberOf(string category)
    {
        if (!numbers.TryGetValue(category, out var number))
        {
            number = categories.Count;
            numbers.Add(category, number);
            categories.Add(category);
        }

        return number;
    }
}
