using Flyball.Contracts.Privacy;
using Flyball.Projects;

namespace Flyball.Contracts;

/// <summary>One property of a contract.</summary>
public sealed record FieldDefinition
{
    /// <summary>Empty for the items of an array and the keys and values of a map.</summary>
    public required string Name { get; init; }

    /// <summary>From the row: <c>address.city</c>, <c>tags[]</c>; the name of a field that stands in the row itself.</summary>
    public required string Path { get; init; }

    /// <summary>The standard's name of the type: <c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>timestamp</c>, <c>date</c>, <c>time</c>, <c>object</c>, <c>array</c>, <c>map</c>; empty when the file has none.</summary>
    public required string LogicalType { get; init; }

    /// <summary>The type at its source, such as <c>varchar(18)</c>.</summary>
    public string? PhysicalType { get; init; }

    /// <summary>The column's name at its source, such as <c>education-num</c>.</summary>
    public string? PhysicalName { get; init; }

    /// <summary>What the field holds here: by the logical type, else by the physical one, else any JSON.</summary>
    public required FieldKind Kind { get; init; }

    /// <summary>Neither absent nor null.</summary>
    public bool Required { get; init; }

    public bool Unique { get; init; }

    public bool PrimaryKey { get; init; }

    /// <summary>Position in a key of several fields, from 1; fields without one keep the order of the file.</summary>
    public long? PrimaryKeyPosition { get; init; }

    /// <summary>Marked as the time at which the fact was true.</summary>
    public bool EventTime { get; init; }

    /// <summary>Name of the entity this field identifies, or null.</summary>
    public string? Entity { get; init; }

    public string? Unit { get; init; }

    /// <summary>What the field is, in words.</summary>
    public string? Description { get; init; }

    public NullPolicy NullPolicy { get; init; }

    /// <summary>A text of digits is read as the number it spells, blanks as null, and a number as its digits where a text is expected.</summary>
    public bool Coerce { get; init; }

    public string? Classification { get; init; }

    /// <summary>The standard's stable identifier, which a reference may name.</summary>
    public string? Id { get; init; }
    /// <summary>What becomes of its values at the door: as <c>privacy</c> says, else as the classification means.</summary>
    public PrivacyTreatment Privacy { get; init; }

    /// <summary>The contract says <c>privacy</c> itself.</summary>
    public bool IsPrivacyStated { get; init; }

    /// <summary>The <c>logicalTypeOptions</c>, read by the compiler of the field's type; null when there are none.</summary>
    public YamlSection? Options { get; init; }

    /// <summary>The values under <c>enum</c>, as written; empty when every value is allowed.</summary>
    public IReadOnlyList<YamlEntry> Allowed { get; init; } = [];

    /// <summary>The members of an object.</summary>
    public IReadOnlyList<FieldDefinition> Properties { get; init; } = [];

    /// <summary>Each item of an array, or each value of a map.</summary>
    public FieldDefinition? Item { get; init; }

    /// <summary>Each key of a map.</summary>
    public FieldDefinition? Key { get; init; }

    /// <summary>The items under <c>relationships</c>.</summary>
    public IReadOnlyList<YamlSection> Relationships { get; init; } = [];

    /// <summary>The items under <c>quality</c>, as written.</summary>
    public IReadOnlyList<YamlSection> Quality { get; init; } = [];

    /// <summary>The property itself, for the positions of problems.</summary>
    public required YamlSection Section { get; init; }
}
