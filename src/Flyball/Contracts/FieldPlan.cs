using System.Text.Json;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts;

/// <summary>One column, or one value inside a nested column, compiled: how a value of it is read, checked and written.</summary>
internal sealed record FieldPlan
{
    public required string Name { get; init; }

    /// <summary>From the row, as problems name it: <c>address.city</c>, <c>tags[]</c>; a column's name.</summary>
    public required string Path { get; init; }

    /// <summary>The name in UTF-8, as it is compared with the names of a row.</summary>
    public required byte[] Utf8Name { get; init; }

    /// <summary>The name as it is written.</summary>
    public required JsonEncodedText EncodedName { get; init; }

    /// <summary>What the value is for an expression; nested values and times of day are texts.</summary>
    public required ScalarType Type { get; init; }

    /// <summary>What the field holds.</summary>
    public required FieldKind Kind { get; init; }

    /// <summary>A timestamp that is written as a date and holds midnight UTC.</summary>
    public bool IsDate => Kind == FieldKind.Date;

    /// <summary>The value is canonical JSON text, written into a row as JSON.</summary>
    public bool IsJson => Kind >= FieldKind.Object;

    /// <summary>Neither absent nor null.</summary>
    public required bool Required { get; init; }

    public required NullPolicy NullPolicy { get; init; }

    /// <summary>A scalar may be written as a text as a delimited file has it, blanks being null, and a text as a number or a flag.</summary>
    public bool Coerces { get; init; }

    /// <summary>How a time is written where the contract states it; null for RFC 3339, a plain date, a plain time of day.</summary>
    public TimeForm? Form { get; init; }

    /// <summary>What a nested value holds; null for a scalar.</summary>
    public NestedPlan? Nested { get; init; }

    /// <summary>Of a column: names inside it that are not the contract's are not shown, because the contract, or the one it is accepted beside, holds personal fields.</summary>
    public bool HidesNames { get; set; }

    /// <summary>What becomes of its values at the door.</summary>
    public PrivacyTreatment Privacy { get; init; }

    /// <summary>The rules beyond the type, in the order they are reported.</summary>
    public required IFieldCheck[] Checks { get; init; }

    /// <summary>What can be wrong with a value of this column.</summary>
    public required FieldProblems Problems { get; init; }
}
