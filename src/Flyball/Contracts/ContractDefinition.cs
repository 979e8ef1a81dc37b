using System.Text.Json.Nodes;
using Flyball.Contracts.Quality;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Contracts;

/// <summary>A contract as its owner wrote it: an Open Data Contract Standard file that describes one source of events.</summary>
public sealed record ContractDefinition
{
    /// <summary>Version of the standard, such as <c>v3.1.0</c>.</summary>
    public required string ApiVersion { get; init; }

    public required string Id { get; init; }

    /// <summary>Version of this contract, as its owner counts.</summary>
    public required string Version { get; init; }

    /// <summary>Such as <c>draft</c>, <c>active</c> or <c>retired</c>; it decides nothing here.</summary>
    public required string Status { get; init; }

    /// <summary>Name of the source: the schema object's name.</summary>
    public required string Source { get; init; }

    /// <summary>In the order of the file, which is the order of columns everywhere.</summary>
    public required IReadOnlyList<FieldDefinition> Fields { get; init; }

    /// <summary>The column that a property of the contract or of the schema object names as event time, when one does.</summary>
    public string? EventTime { get; init; }

    /// <summary>The items under the schema object's <c>quality</c>, as written; those of a field are with the field.</summary>
    public IReadOnlyList<YamlSection> Quality { get; init; } = [];

    /// <summary>The schema object's stable identifier, which a reference may name.</summary>
    public string? ObjectId { get; init; }

    /// <summary>The items under the schema object's <c>relationships</c>; those of a field are with the field.</summary>
    public IReadOnlyList<YamlSection> Relationships { get; init; } = [];

    /// <summary>The items under <c>slaProperties</c>: they are the file's, so each of its sources has them all.</summary>
    public IReadOnlyList<YamlSection> ServiceLevels { get; init; } = [];

    /// <summary>False when the name is of no use in a URL: the contract loads, and takes no events.</summary>
    public bool IsServed { get; init; } = true;

    /// <summary>What a reference to a row that is not there leads to: the schema object's custom property <c>foreignKeys</c>.</summary>
    public RuleOutcome ForeignKeys { get; init; } = RuleOutcome.Alert;

    /// <summary>The schema object's custom property <c>corrections</c>: a row with a stored key and other content is refused, or corrects the stored one.</summary>
    public bool TakesCorrections { get; init; }

    /// <summary>The schema object's custom property <c>statistics</c>; null when there is none.</summary>
    public YamlSection? Statistics { get; init; }

    /// <summary>The schema object's custom property <c>window</c>; null when there is none.</summary>
    public YamlSection? Window { get; init; }

    /// <summary>The whole file, sections included that Flyball does not read; a file of several schema objects gives it to each.</summary>
    public required JsonObject Document { get; init; }

    public required ProblemLocation Where { get; init; }
}
