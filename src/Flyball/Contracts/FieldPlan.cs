using System.Text.Json;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts;

/// <summary>One column, compiled: how a value of it is read, checked and written.</summary>
internal sealed class FieldPlan
{
    public required string Name { get; init; }

    /// <summary>The name in UTF-8, as it is compared with the names of a row.</summary>
    public required byte[] Utf8Name { get; init; }

    /// <summary>The name as it is written.</summary>
    public required JsonEncodedText EncodedName { get; init; }

    public required ScalarType Type { get; init; }

    /// <summary>A timestamp that is written as a date and holds midnight UTC.</summary>
    public required bool IsDate { get; init; }

    /// <summary>Neither absent nor null.</summary>
    public required bool Required { get; init; }

    public required NullPolicy NullPolicy { get; init; }

    /// <summary>What becomes of its values at the door.</summary>
    public PrivacyTreatment Privacy { get; init; }

    /// <summary>The rules beyond the type, in the order they are reported.</summary>
    public required IFieldCheck[] Checks { get; init; }

    /// <summary>What can be wrong with a value of this column.</summary>
    public required FieldProblems Problems { get; init; }
}
