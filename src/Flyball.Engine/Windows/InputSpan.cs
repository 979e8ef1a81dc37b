namespace Flyball.Engine.Windows;

/// <summary>The stored values of one input, by row; only the arrays that its storage uses are filled.</summary>
internal readonly ref struct InputSpan(ReadOnlySpan<double> numbers, ReadOnlySpan<long> integers, ReadOnlySpan<byte> presence)
{
    public ReadOnlySpan<double> Numbers { get; } = numbers;

    public ReadOnlySpan<long> Integers { get; } = integers;

    public ReadOnlySpan<byte> Presence { get; } = presence;
}
