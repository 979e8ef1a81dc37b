using System.Text;
using System.Text.Json.Nodes;

namespace Flyball.Storage.Audit;

/// <summary>An entry as it is stored and hashed.</summary>
/// <param name="Index">Its place, from 0.</param>
/// <param name="Bytes">Canonical JSON in UTF-8.</param>
public readonly record struct AuditEntryLine(long Index, ReadOnlyMemory<byte> Bytes)
{
    public override string ToString() => Encoding.UTF8.GetString(Bytes.Span);

    public JsonObject ToJson() => JsonNode.Parse(Bytes.Span)!.AsObject();
}
