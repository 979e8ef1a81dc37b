namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>
/// The number at a place of an order, without sorting all (Hoare 1961, Algorithm 65).
/// <list type="number">
/// <item>The numbers are parted by the median of three of them: those below it come first, those above it last.</item>
/// <item>The part that holds the place is parted again, until one is left.</item>
/// <item>A part that is small, or that was parted too often, is sorted.</item>
/// </list>
/// O(n) as a rule and O(n log n) at worst.
/// </summary>
internal static class Selection
{
    private const int Small = 32;

    /// <summary>The number that would stand at a place if they were sorted; those behind it are no smaller afterwards.</summary>
    public static double Nth(Span<double> numbers, int place)
    {
        int first = 0, last = numbers.Length - 1;
        for (var rounds = 0; last - first > Small && rounds < Small; rounds++)
        {
            var pivot = MedianOfThree(numbers[first], numbers[first + ((last - first) / 2)], numbers[last]);
            int low = first, high = last;
            while (low <= high)
            {
                while (numbers[low] < pivot)
                {
                    low++;
                }

                while (numbers[high] > pivot)
                {
                    high--;
                }

                if (low <= high)
                {
                    (numbers[low], numbers[high]) = (numbers[high], numbers[low]);
                    low++;
                    high--;
                }
            }

            if (place <= high)
            {
                last = high;
            }
            else if (place >= low)
            {
                first = low;
            }
            else
            {
                return numbers[place];
            }
        }

        numbers[first..(last + 1)].Sort();
        return numbers[place];
    }

    /// <summary>The smallest of at least one number.</summary>
    public static double Least(ReadOnlySpan<double> numbers)
    {
        var least = numbers[0];
        foreach (var number in numbers)
        {
            least = number < least ? number : least;
        }

        return least;
    }

    private static double MedianOfThree(double a, double b, double c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
