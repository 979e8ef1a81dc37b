namespace Flyball.Engine.Windows;

/// <summary>Rows are summed up in blocks of 16, by their position in the timeline. Results do not depend on it: everything summed up is exact.</summary>
internal static class RowBlocks
{
    public const int Shift = 4;
    public const int Rows = 1 << Shift;
    public const int Mask = Rows - 1;
}
