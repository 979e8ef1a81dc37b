namespace Flyball.Engine.Windows;

/// <summary>Which of two values an extreme keeps.</summary>
internal interface IDirection
{
    static abstract bool Prefers(double candidate, double kept);

    static abstract bool Prefers(long candidate, long kept);
}

internal readonly struct Smallest : IDirection
{
    public static bool Prefers(double candidate, double kept) => candidate < kept;

    public static bool Prefers(long candidate, long kept) => candidate < kept;
}

internal readonly struct Greatest : IDirection
{
    public static bool Prefers(double candidate, double kept) => candidate > kept;

    public static bool Prefers(long candidate, long kept) => candidate > kept;
}

/// <summary>The least or greatest number. Equal numbers have equal bits, so a tie cannot show.</summary>
internal struct NumberExtreme<TDirection> : ITileState<NumberExtreme<TDirection>>
    where TDirection : struct, IDirection
{
    public long Entered { readonly get; private set; }

    public double Kept { readonly get; private set; }

    public void Add(in InputSpan input, int row)
    {
        var value = input.Numbers[row];
        if (!double.IsNaN(value))
        {
            Offer(value, 1);
        }
    }

    public void Merge(in NumberExtreme<TDirection> later)
    {
        if (later.Entered != 0)
        {
            Offer(later.Kept, later.Entered);
        }
    }

    private void Offer(double value, long entered)
    {
        Kept = Entered == 0 || TDirection.Prefers(value, Kept) ? value : Kept;
        Entered += entered;
    }
}

/// <summary>The least or greatest integer or timestamp.</summary>
internal struct IntegerExtreme<TDirection> : ITileState<IntegerExtreme<TDirection>>
    where TDirection : struct, IDirection
{
    public long Entered { readonly get; private set; }

    public long Kept { readonly get; private set; }

    public void Add(in InputSpan input, int row)
    {
        if (input.Presence[row] != 0)
        {
            Offer(input.Integers[row], 1);
        }
    }

    public void Merge(in IntegerExtreme<TDirection> later)
    {
        if (later.Entered != 0)
        {
            Offer(later.Kept, later.Entered);
        }
    }

    private void Offer(long value, long entered)
    {
        Kept = Entered == 0 || TDirection.Prefers(value, Kept) ? value : Kept;
        Entered += entered;
    }
}
