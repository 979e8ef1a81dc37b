using System.Collections.Frozen;

namespace Flyball.Contracts.Privacy;

/// <summary>
/// What a field's classification means where the contract does not say it with the custom property <c>privacy</c>. The classes that mean a
/// person are tokenised when the field is a string, and dropped when it is not: a token is a text. Every other class is kept.
/// </summary>
internal static class PrivacyRules
{
    private static readonly FrozenSet<string> Personal = new[]
    {
        "personal", "personal-data", "personal-information", "personally-identifiable", "sensitive-personal", "sensitive-personal-data", "special-category",
        "pii", "spi", "phi",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool IsPersonal(string? classification) =>
        classification is not null && Personal.Contains(classification.Trim().ToLowerInvariant().Replace('_', '-').Replace(' ', '-'));

    /// <summary>The treatment of a field that states none.</summary>
    public static PrivacyTreatment DefaultOf(string? classification, bool isString) =>
        !IsPersonal(classification) ? PrivacyTreatment.Keep : isString ? PrivacyTreatment.Tokenise : PrivacyTreatment.Drop;

    /// <summary>A nested field with something personal inside is dropped whole, unless the contract says what becomes of it: a value inside cannot be replaced by itself.</summary>
    public static FieldDefinition WithNested(FieldDefinition field)
    {
        if (field.IsPrivacyStated || field.Kind < FieldKind.Object || !Inside(field).Any(f => f.Privacy != PrivacyTreatment.Keep))
        {
            return field;
        }

        field.Section.Problems.AddNotice(
            "FLY1147", $"'{field.Path}' is dropped: something inside is personal, and a nested value is not replaced by parts.", field.Section.Where, "Make the personal part a column, or set the custom property privacy of the whole field.");
        return field with { Privacy = PrivacyTreatment.Drop };
    }

    private static IEnumerable<FieldDefinition> Inside(FieldDefinition field) =>
        new[] { field.Item, field.Key }.OfType<FieldDefinition>().Concat(field.Properties).SelectMany(f => Inside(f).Prepend(f));

    /// <summary>Adds a problem where the treatment cannot be had: a token is a text, and a dropped value identifies and dates nothing.</summary>
    /// <param name="field">The field.</param>
    /// <param name="isNeeded">It is part of the key, identifies an entity, or is the event time.</param>
    public static void Check(FieldDefinition field, bool isNeeded)
    {
        var stated = field.IsPrivacyStated ? "" : $" (from its classification '{field.Classification}')";
        if (field.Privacy == PrivacyTreatment.Tokenise && field.Kind != FieldKind.Text)
        {
            field.Section.Problems.Add(
                "FLY3140", $"'{field.Name}' is no string and cannot be tokenised: a token is a text.", field.Section.Where, "Make it a string, or set the custom property privacy to drop.");
        }
        else if (field.Privacy == PrivacyTreatment.Drop && isNeeded)
        {
            field.Section.Problems.Add(
                "FLY3141",
                $"'{field.Name}' is dropped{stated}, and it is a key, an entity or the event time.",
                field.Section.Where,
                "Make it a string that is tokenised, or set the custom property privacy to keep.");
        }
    }
}
