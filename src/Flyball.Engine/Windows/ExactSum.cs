namespace Flyball.Engine.Windows;

/// <summary>A sum of 64-bit integers in 128 bits, which 2^64 of them cannot exceed: exact in any order.</summary>
internal struct ExactSum : ITileState<ExactSum>
{
    public long Entered { readonly get; private set; }

    public Int128 Total { readonly get; private set; }

    public void Add(in InputSpan input, int row)
    {
        if (input.Presence[row] != 0)
        {
            Entered++;
            Total += input.Integers[row];
        }
    }

    public void Merge(in ExactSum later)
    {
        Entered += later.Entered;
        Total += later.Total;
    }
}
