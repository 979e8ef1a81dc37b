namespace Flyball.Contracts;

/// <summary>The rows of a batch with the hashes by which they are looked up.</summary>
/// <param name="Rows">Each with the hash of its primary key, when the source has one.</param>
/// <param name="More">The hashes of the other sets: as many a row as <see cref="KeyColumns.Width"/>, from the row's <see cref="AcceptedRow.KeysAt"/> on.</param>
/// <param name="Columns">What the hashes are of.</param>
internal readonly record struct KeyedRows(List<AcceptedRow> Rows, List<UInt128> More, KeyColumns Columns);
