namespace Flyball.Native.OnnxRuntime;

/// <summary>Keys with a value each, in the model's order: how exporters of classifiers give the probabilities of one row.</summary>
public sealed class RuntimeMap : RuntimeValue
{
    internal RuntimeMap(RuntimeTensor keys, RuntimeTensor values) => (Keys, Values) = (keys, values);

    /// <summary>Whole numbers or texts.</summary>
    public RuntimeTensor Keys { get; }

    /// <summary>As many as keys, in their order.</summary>
    public RuntimeTensor Values { get; }
}
