namespace Flyball.Engine.Windows;

/// <summary>Rows of a window that all count, from one position up to, not including, another.</summary>
internal readonly record struct RowRun(int First, int End)
{
    public int Length => End - First;
}
