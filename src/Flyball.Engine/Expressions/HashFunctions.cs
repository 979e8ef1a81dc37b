namespace Flyball.Engine.Expressions;

/// <summary>Stable hashes, see <see cref="Hash64"/>.</summary>
internal static class HashFunctions
{
    public static readonly ScalarFunction[] All =
    [
        new("hash64", [ParameterKind.Any], 1, static a => new StrictOne(ScalarType.Integer, a[0], static x => Value.FromInteger(unchecked((long)Hash64.Of(x))))),
        new("hash_bucket", [ParameterKind.Any, ParameterKind.Integer], 2, static a =>
            new StrictTwo(ScalarType.Integer, a[0], a[1], static (x, n) => n.Bits > 0 ? Value.FromInteger((long)(Hash64.Of(x) % (ulong)n.Bits)) : Value.Null)),
    ];
}
