using Flyball.Engine.Expressions;

namespace Flyball.Features.Reads;

/// <summary>One column of a read: the key of each entity, or a value of each request, in the order of the rows.</summary>
/// <param name="Name">The column's name in its source.</param>
/// <param name="Values">As they came: text, integer, number, boolean or null.</param>
public sealed record KeyColumn(string Name, IReadOnlyList<Value> Values);
