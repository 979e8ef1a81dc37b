namespace Flyball.Engine.Windows;

/// <summary>Counts every row: <c>count()</c> without a condition.</summary>
internal struct RowCountState : ITileState<RowCountState>
{
    public long Entered { readonly get; private set; }

    public void Add(in InputSpan input, int row) => Entered++;

    public void Merge(in RowCountState later) => Entered += later.Entered;
}

/// <summary>Counts the rows whose input is present.</summary>
internal struct PresenceCountState : ITileState<PresenceCountState>
{
    public long Entered { readonly get; private set; }

    public void Add(in InputSpan input, int row) => Entered += input.Presence[row];

    public void Merge(in PresenceCountState later) => Entered += later.Entered;
}
