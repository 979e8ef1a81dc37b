using Flyball.Engine.Expressions;
using Flyball.Engine.Windows;

namespace Flyball.Contracts;

/// <summary>A row of the log as its source reads it.</summary>
/// <param name="IsRead">False when the present contract cannot read it; then nothing else means anything.</param>
/// <param name="Values">In the order of the schema. They are the reader's own when nobody listens to the source.</param>
/// <param name="Key">Stands for its primary key; null in a source without one, and for a row of an older contract that had another.</param>
/// <param name="Content">Stands for the stored form.</param>
/// <param name="Entity">Stands for its entities in a source that takes corrections; else 0.</param>
/// <param name="Others">Stand for its values in unique columns and for what other sources refer to.</param>
/// <param name="Identity">The fact it is about, for whoever listens.</param>
internal readonly record struct StoredRow(bool IsRead, Value[] Values, UInt128? Key, uint Content, uint Entity, IReadOnlyList<UInt128> Others, RowIdentity Identity);
