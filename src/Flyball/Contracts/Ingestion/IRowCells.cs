using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Ingestion;

/// <summary>The cells of the present row of a file as values of one contract.</summary>
internal interface IRowCells
{
    /// <summary>Reads and checks them. Problems are cleared first; all of the row is written.</summary>
    /// <returns>What the column of known-at beside the contract holds; null without one, and when it holds no time.</returns>
    long? Read(Span<Value> row, RowProblems problems);
}
