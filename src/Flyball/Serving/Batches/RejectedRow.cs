using Flyball.Engine.Problems;

namespace Flyball.Serving.Batches;

/// <summary>A row that got no score.</summary>
/// <param name="Row">Its place among the rows of the file, from 1.</param>
/// <param name="Line">The line it begins in, from 1; null in a form without lines.</param>
/// <param name="Problems">Why; none of them says a value.</param>
internal sealed record RejectedRow(long Row, long? Line, IReadOnlyList<Problem> Problems);
