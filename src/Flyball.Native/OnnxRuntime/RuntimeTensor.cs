using System.Globalization;

namespace Flyball.Native.OnnxRuntime;

/// <summary>
/// A tensor of any type that tabular models use. Values are row-major: of the shape [2, 3] the first three are the first row.
/// Texts are UTF-8 in the model, of any length, and may hold the character NUL.
/// </summary>
public sealed class RuntimeTensor : RuntimeValue
{
    private readonly Array values;

    internal RuntimeTensor(OnnxElementType type, Array values, IReadOnlyList<long> shape) => (ElementType, this.values, Shape) = (type, values, shape);

    /// <summary>Of every value.</summary>
    public OnnxElementType ElementType { get; }

    /// <summary>Sizes of the dimensions; empty for a single value.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many values there are.</summary>
    public int Count => values.Length;

    internal Array Array => values;

    /// <summary>Wraps an array, which is not copied: it stays as it is until the run is over.</summary>
    /// <typeparam name="T">float, double, a whole number of 8 to 64 bits, bool, Half, or string.</typeparam>
    /// <exception cref="ArgumentException">No model takes this type, or the values do not fill the shape.</exception>
    public static RuntimeTensor Of<T>(T[] values, params IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(shape);
        var type = ElementTypes.Of(typeof(T));
        if (type == OnnxElementType.None)
        {
            throw new ArgumentException($"No tensor has values of the type {typeof(T).Name}.", nameof(values));
        }

        if (shape.Any(d => d < 0) || ElementsOf(shape) != values.Length)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The shape [{string.Join(", ", shape)}] does not hold {values.Length} values."), nameof(shape));
        }

        return new RuntimeTensor(type, values, [.. shape]);
    }

    /// <summary>A tensor of zeros, falses or empty texts.</summary>
    /// <param name="type">Of the values.</param>
    /// <param name="shape">No dimension is open.</param>
    /// <exception cref="ArgumentException">A type that <see cref="Of{T}"/> does not take, or too large a shape.</exception>
    public static RuntimeTensor Zeros(OnnxElementType type, params IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var made = ElementTypes.NewArray(type, checked((int)ElementsOf(shape))) ?? throw new ArgumentException($"No tensor of {type} can be made.", nameof(type));
        if (made is string[] texts)
        {
            System.Array.Fill(texts, "");
        }

        return new RuntimeTensor(type, made, [.. shape]);
    }

    /// <summary>The values.</summary>
    /// <typeparam name="T">The type of the values: of <see cref="OnnxElementType.Text"/> it is string.</typeparam>
    /// <exception cref="InvalidCastException">The values are of another type.</exception>
    public ReadOnlySpan<T> Values<T>() => values is T[] typed && typeof(T) == values.GetType().GetElementType()
        ? typed
        : throw new InvalidCastException($"The values are {ElementType}, and {typeof(T).Name} was asked for.");

    /// <summary>One number, whatever its type; a flag is 0 or 1.</summary>
    /// <param name="index">In row-major order.</param>
    /// <exception cref="InvalidCastException">The values are texts.</exception>
    public double NumberAt(int index) => values switch
    {
        float[] v => v[index],
        double[] v => v[index],
        long[] v => v[index],
        int[] v => v[index],
        bool[] v => v[index] ? 1 : 0,
        Half[] v => (double)v[index],
        string[] => throw new InvalidCastException("The values are texts."),
        _ => Convert.ToDouble(values.GetValue(index), CultureInfo.InvariantCulture),
    };

    internal static long ElementsOf(IReadOnlyList<long> shape)
    {
        long elements = 1;
        foreach (var dimension in shape)
        {
            elements = checked(elements * dimension);
        }

        return elements;
    }
}
