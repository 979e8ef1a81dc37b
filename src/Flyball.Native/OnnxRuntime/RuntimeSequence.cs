namespace Flyball.Native.OnnxRuntime;

/// <summary>Values in order, such as one map a row.</summary>
public sealed class RuntimeSequence : RuntimeValue
{
    internal RuntimeSequence(IReadOnlyList<RuntimeValue> items) => Items = items;

    /// <summary>In the model's order.</summary>
    public IReadOnlyList<RuntimeValue> Items { get; }
}
