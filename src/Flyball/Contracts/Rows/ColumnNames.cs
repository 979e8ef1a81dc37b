using System.Text.Json;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>Tells which column of a contract a member of a JSON row is, by its name or by its name at the source.</summary>
/// <param name="plan">The contract.</param>
/// <param name="isStored">Rows have their stored form, which knows names alone.</param>
internal sealed class ColumnNames(ContractPlan plan, bool isStored)
{
    private const int LongestShown = 64;

    private static readonly Problem UnknownWithheld = new(
        "FLY3105", "A field of the row is not in the contract; its name is not shown, because the contract holds personal fields.", Remedy: "Remove it, or add it to the contract.");

    private readonly FieldPlan[] fields = plan.Fields;

    /// <summary>The column's position, or -1. Senders keep the order of fields, so the next one is looked at first.</summary>
    public int Find(ref Utf8JsonReader reader, int expected)
    {
        if (reader.ValueIsEscaped)
        {
            return NameOf(ref reader) is not { } text ? -1 : isStored ? plan.Schema.IndexOf(text) : plan.ColumnOf(text);
        }

        var name = reader.ValueSpan;
        if (expected < fields.Length && name.SequenceEqual(fields[expected].Utf8Name))
        {
            return expected;
        }

        for (var i = 0; i < fields.Length; i++)
        {
            if (name.SequenceEqual(fields[i].Utf8Name))
            {
                return i;
            }
        }

        foreach (var (alias, column) in isStored ? [] : plan.PhysicalNames)
        {
            if (name.SequenceEqual(alias))
            {
                return column;
            }
        }

        return -1;
    }

    /// <summary>What is wrong with a member that is no column.</summary>
    public Problem Unknown(ref Utf8JsonReader reader)
    {
        if (plan.HoldsPersonal)
        {
            return UnknownWithheld;
        }

        var name = NameOf(ref reader);
        var shown = name is null ? "A field" : name.Length > LongestShown ? $"'{name[..LongestShown]}...'" : $"'{name}'";
        return new Problem(
            "FLY3105",
            $"{shown} is not in the contract.",
            new ProblemLocation(Field: name is { Length: <= LongestShown } ? name : null),
            "Remove it, or add it to the contract.");
    }

    /// <summary>The text the reader stands at; null for one that is too long to be a name, or holds a lone surrogate.</summary>
    public static string? NameOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > LongestShown * 16)
        {
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
