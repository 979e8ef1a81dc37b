namespace Flyball.Native.OnnxRuntime;

/// <summary>What a model takes or gives: a tensor, a sequence, or a map. Plain memory of this process; nothing of it needs to be released.</summary>
public abstract class RuntimeValue
{
    private protected RuntimeValue()
    {
    }
}
