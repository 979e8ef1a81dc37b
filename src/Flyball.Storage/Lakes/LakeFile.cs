using Flyball.Engine.Identity;

namespace Flyball.Storage.Lakes;

/// <summary>One immutable Parquet file of a table: rows in order of their sequence number.</summary>
/// <param name="Name">In the table's folder.</param>
/// <param name="Sha256">Of the whole file; checked before it is read.</param>
/// <param name="Rows">How many rows it has, at least 1.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="FirstSeq">Sequence number of its first row.</param>
/// <param name="LastSeq">Sequence number of its last row; later files begin after it.</param>
public sealed record LakeFile(string Name, Digest Sha256, long Rows, long Bytes, long FirstSeq, long LastSeq);
