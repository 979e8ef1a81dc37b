using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>How the values of an aggregate's input are stored.</summary>
internal enum InputStorage
{
    /// <summary>Only whether the row counts.</summary>
    Presence,

    /// <summary>Integers, and timestamps as their microseconds.</summary>
    Integers,

    Numbers,
}

/// <summary>
/// The values of one aggregate input for the rows of one timeline, by position. A row that does not count (a null value, a condition that is
/// not true) has presence 0; among numbers it is a NaN, which no value can be.
/// </summary>
internal sealed class InputColumn(InputStorage storage)
{
    private double[] numbers = [];
    private long[] integers = [];
    private byte[] presence = [];

    public InputSpan Span => new(numbers, integers, presence);

    public void Resize(int capacity)
    {
        if (storage == InputStorage.Numbers)
        {
            Array.Resize(ref numbers, capacity);
            return;
        }

        Array.Resize(ref presence, capacity);
        if (storage == InputStorage.Integers)
        {
            Array.Resize(ref integers, capacity);
        }
    }

    /// <summary>Forgets the first rows and keeps <paramref name="kept"/> behind them.</summary>
    public void DropFirst(int dropped, int kept)
    {
        if (storage == InputStorage.Numbers)
        {
            Array.Copy(numbers, dropped, numbers, 0, kept);
            return;
        }

        Array.Copy(presence, dropped, presence, 0, kept);
        if (storage == InputStorage.Integers)
        {
            Array.Copy(integers, dropped, integers, 0, kept);
        }
    }

    /// <summary>Takes the row at <paramref name="last"/> to an earlier place and moves those between one on.</summary>
    public void MoveLast(int last, int place)
    {
        if (storage == InputStorage.Numbers)
        {
            EntityTimeline.MoveLast(numbers, last, place);
            return;
        }

        EntityTimeline.MoveLast(presence, last, place);
        if (storage == InputStorage.Integers)
        {
            EntityTimeline.MoveLast(integers, last, place);
        }
    }

    public void Set(int row, Value value)
    {
        if (storage == InputStorage.Numbers)
        {
            numbers[row] = value.IsNull ? double.NaN : value.Number;
            return;
        }

        presence[row] = value.IsNull ? (byte)0 : (byte)1;
        if (storage == InputStorage.Integers)
        {
            integers[row] = value.Bits;
        }
    }
}
