namespace Flyball.Training.Tracking.Search;

/// <summary>What a term of an order sorts by.</summary>
internal enum SortType
{
    Integer,
    Real,
    Text,
}

/// <summary>One term of a total order over rows.</summary>
/// <param name="Sql">An expression that is never null.</param>
/// <param name="Type">What it gives.</param>
/// <param name="Descending">The larger first.</param>
internal sealed record SortTerm(string Sql, SortType Type, bool Descending = false);
