namespace Flyball.Tests.Contracts.Laws;

/// <summary>A rule that compares two numbers of a row; a null on either side lets the row pass, as a CHECK of SQL does.</summary>
internal sealed record RandomRule(string Name, string Left, string Comparison, string Right)
{
    public bool Holds(decimal left, decimal right) => Comparison == "<=" ? left <= right : left > right;
}
