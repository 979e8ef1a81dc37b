using System.Text.Json.Nodes;
using Flyball.Engine.Identity;

namespace Flyball.Registry.Attestations;

/// <summary>The parts that every in-toto statement v1 has.</summary>
internal static class InTotoStatement
{
    public const string Type = "https://in-toto.io/Statement/v1";

    public static JsonObject Subject(string name, Digest sha256) => new() { ["name"] = name, ["digest"] = new JsonObject { ["sha256"] = sha256.Hex } };
}
