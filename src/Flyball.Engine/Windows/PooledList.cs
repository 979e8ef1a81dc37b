using System.Buffers;

namespace Flyball.Engine.Windows;

/// <summary>A list that lives for one evaluation and borrows its memory.</summary>
internal ref struct PooledList<T>
    where T : unmanaged
{
    private T[]? array;

    public int Count { get; private set; }

    public readonly Span<T> Items => array.AsSpan(0, Count);

    public void Add(T item)
    {
        if (array is null || Count == array.Length)
        {
            Grow();
        }

        array![Count++] = item;
    }

    public void Dispose()
    {
        if (array is not null)
        {
            ArrayPool<T>.Shared.Return(array);
            array = null;
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(64, Count * 2));
        Items.CopyTo(larger);
        Dispose();
        array = larger;
    }
}
