using Flyball.Engine.Expressions;

namespace Flyball.Engine.Profiles;

/// <summary>A value and how often it occurred, at least.</summary>
public readonly record struct ValueCount(Value Value, long Count);
