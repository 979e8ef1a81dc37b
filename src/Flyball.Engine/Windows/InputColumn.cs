using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>How the values of an aggregate's input are stored.</summary>
internal enum InputStorage
{
    /// <summary>Only whether the row counts.</summary>
    Presence,

    /// <summary>Integers, timestamps as their microseconds, booleans as 0 and 1.</summary>
    Integers,

    Numbers,

    Texts,
}

/// <summary>
/// The values of one aggregate input for the rows of one timeline, by position. Among numbers a row without a value is a NaN, which no value
/// can be, so that a comparison passes over it.
/// </summary>
internal sealed class InputColumn(InputStorage storage)
{
    /// <summary>The row does not fulfil the condition.</summary>
    public const byte Absent = 0;

    /// <summary>The row counts and has a value.</summary>
    public const byte Present = 1;

    /// <summary>The row counts and its value is null.</summary>
    public const byte Null = 2;

    private double[] numbers = [];
    private long[] integers = [];
    private string?[] texts = [];
    private byte[] presence = [];

    public InputStorage Storage { get; } = storage;

    public ReadOnlySpan<double> Numbers => numbers;

    public ReadOnlySpan<long> Integers => integers;

    public ReadOnlySpan<string?> Texts => texts;

    public ReadOnlySpan<byte> Presence => presence;

    /// <summary>Rows without a value were ever set, so that counting has to look.</summary>
    public bool HasGaps { get; private set; }

    /// <summary>The value of a row as the type that the input has.</summary>
    public Value ValueAt(int row, ScalarType type) =>
        presence[row] != Present ? Value.Null
        : Storage == InputStorage.Numbers ? Value.FromNumber(numbers[row])
        : Storage == InputStorage.Texts ? Value.FromText(texts[row])
        : type switch
        {
            ScalarType.Boolean => Value.FromBoolean(integers[row] != 0),
            ScalarType.Timestamp => Value.FromTimestamp(integers[row]),
            _ => Value.FromInteger(integers[row]),
        };

    /// <summary>No row is left; texts are let go of.</summary>
    public void Clear()
    {
        HasGaps = false;
        Array.Clear(texts);
    }

    public void Resize(int capacity)
    {
        Array.Resize(ref presence, capacity);
        switch (Storage)
        {
            case InputStorage.Numbers:
                Array.Resize(ref numbers, capacity);
                break;
            case InputStorage.Integers:
                Array.Resize(ref integers, capacity);
                break;
            case InputStorage.Texts:
                Array.Resize(ref texts, capacity);
                break;
        }
    }

    /// <summary>Keeps the rows at the given places, in their order.</summary>
    public void Keep(ReadOnlySpan<int> places)
    {
        for (var i = 0; i < places.Length; i++)
        {
            Move(places[i], i);
        }

        // What is left behind would keep its strings alive.
        if (Storage == InputStorage.Texts)
        {
            texts.AsSpan(places.Length).Clear();
        }
    }

    /// <summary>Takes the row at <paramref name="last"/> to an earlier place and moves those between one on.</summary>
    public void MoveLast(int last, int place)
    {
        EntityTimeline.MoveLast(presence, last, place);
        switch (Storage)
        {
            case InputStorage.Numbers:
                EntityTimeline.MoveLast(numbers, last, place);
                break;
            case InputStorage.Integers:
                EntityTimeline.MoveLast(integers, last, place);
                break;
            case InputStorage.Texts:
                EntityTimeline.MoveLast(texts, last, place);
                break;
        }
    }

    /// <summary>Takes late rows to their places.</summary>
    public void Merge(RowMerge merge)
    {
        merge.Apply(presence);
        switch (Storage)
        {
            case InputStorage.Numbers:
                merge.Apply(numbers);
                break;
            case InputStorage.Integers:
                merge.Apply(integers);
                break;
            case InputStorage.Texts:
                merge.Apply(texts);
                break;
        }
    }

    /// <param name="row">Its position.</param>
    /// <param name="state">One of the states above.</param>
    /// <param name="value">Null unless it is present.</param>
    public void Set(int row, byte state, in Value value)
    {
        presence[row] = state;
        HasGaps |= state != Present;
        switch (Storage)
        {
            case InputStorage.Numbers:
                numbers[row] = state == Present ? value.Number : double.NaN;
                break;
            case InputStorage.Integers:
                integers[row] = value.Bits;
                break;
            case InputStorage.Texts:
                texts[row] = state == Present ? value.Text : null;
                break;
        }
    }

    private void Move(int from, int to)
    {
        presence[to] = presence[from];
        switch (Storage)
        {
            case InputStorage.Numbers:
                numbers[to] = numbers[from];
                break;
            case InputStorage.Integers:
                integers[to] = integers[from];
                break;
            case InputStorage.Texts:
                texts[to] = texts[from];
                break;
        }
    }
}
