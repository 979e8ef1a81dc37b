using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts;

/// <summary>The primary key of a row as bytes that no other key has: each column's type and, for a text, its length come first.</summary>
internal static class RowKey
{
    private const int Usual = 256;

    /// <summary>No type of a value begins so: what follows is the number of a set of columns.</summary>
    private const byte Tag = 0xFF;

    private const int TagSize = 1 + sizeof(int);

    /// <summary>128 bits that stand for the key. The source has one, and its columns are not null.</summary>
    public static UInt128 Hash(ContractPlan plan, ReadOnlySpan<Value> row, SipHash hash) => Hash(plan.PrimaryKey, row, hash);

    /// <summary>128 bits that stand for the values of some columns.</summary>
    /// <param name="columns">In this order.</param>
    /// <param name="row">Holds the values.</param>
    /// <param name="hash">The log's.</param>
    /// <param name="tag">Parts the hashes of several sets of columns; null is for the primary key.</param>
    public static UInt128 Hash(IReadOnlyList<int> columns, ReadOnlySpan<Value> row, SipHash hash, int? tag = null) => Digest(columns, row, hash, tag);

    /// <summary>The fact a row is about: the first half of the SHA-256 of its key, the same in every process and for ever. Cost: a third of a microsecond.</summary>
    public static UInt128 Identity(ContractPlan plan, ReadOnlySpan<Value> row) => Digest(plan.PrimaryKey, row, null, null);

    /// <summary>32 bits that stand for a row's entities.</summary>
    public static uint EntityHash(ContractPlan plan, ReadOnlySpan<Value> row, SipHash hash) => (uint)Hash(plan.EntityIndexes, row, hash);

    private static UInt128 Digest(IReadOnlyList<int> columns, ReadOnlySpan<Value> row, SipHash? hash, int? tag)
    {
        // By position: an enumerator would be an allocation for each row.
        var longest = TagSize;
        for (var i = 0; i < columns.Count; i++)
        {
            var index = columns[i];
            longest += 9 + (row[index].Kind == ScalarType.Text ? row[index].AsText.Length * 3 : 0);
        }

        var rented = longest > Usual ? ArrayPool<byte>.Shared.Rent(longest) : null;
        Span<byte> bytes = rented ?? stackalloc byte[Usual];
        var length = 0;
        if (tag is { } set)
        {
            bytes[0] = Tag;
            BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], set);
            length = TagSize;
        }

        for (var i = 0; i < columns.Count; i++)
        {
            length += Write(row[columns[i]], bytes[length..]);
        }

        var key = hash?.Of(bytes[..length]) ?? Sha256(bytes[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return key;
    }

    private static UInt128 Sha256(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    private static int Write(in Value value, Span<byte> into)
    {
        if (value.IsNull)
        {
            into[0] = byte.MaxValue;
            return 1;
        }

        into[0] = (byte)value.Kind!;
        if (value.Kind == ScalarType.Text)
        {
            var length = Encoding.UTF8.GetBytes(value.AsText, into[9..]);
            BinaryPrimitives.WriteInt64LittleEndian(into[1..], length);
            return 9 + length;
        }

        BinaryPrimitives.WriteInt64LittleEndian(into[1..], value.Kind switch
        {
            ScalarType.Boolean => value.AsBoolean ? 1 : 0,
            ScalarType.Integer => value.AsInteger,
            ScalarType.Number => BitConverter.DoubleToInt64Bits(value.AsNumber),
            _ => value.AsTimestamp.Micros,
        });
        return 9;
    }
}
