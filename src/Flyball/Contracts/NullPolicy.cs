namespace Flyball.Contracts;

/// <summary>What a written <c>null</c> means in a field that is not required.</summary>
public enum NullPolicy
{
    /// <summary>The same as an absent field.</summary>
    Allow,

    /// <summary>An error: the field may be absent, but not null.</summary>
    Refuse,
}
