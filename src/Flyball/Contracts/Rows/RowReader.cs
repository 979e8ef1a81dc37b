using System.Text.Json;
using Flyball.Contracts.Privacy;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>
/// Reads rows of one source from UTF-8 JSON objects straight into values: no document, no exception, and an allocation only for a text.
/// All problems of a row are reported, none of them with a value of a field. Not thread-safe: it keeps marks of the row it is in.
/// </summary>
public sealed class RowReader
{
    /// <summary>The longest text of a field, in bytes.</summary>
    public const int LongestText = 65_536;

    /// <summary>Deeper nesting is refused before it costs anything.</summary>
    internal static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    private static readonly Problem NotAnObject = new("FLY3100", "The row is not a JSON object.");

    private readonly ContractPlan plan;
    private readonly FieldPlan[] fields;
    private readonly RowOrigin origin;
    private readonly bool stored;
    private readonly StoredForm? usual;
    private readonly ColumnNames names;
    private readonly BesideColumn? beside;
    private readonly bool[] seen;

    /// <summary>Columns whose values are not for the reader's caller: they may be absent, null or anything.</summary>
    private readonly bool[] isUnknown;

    /// <summary>Of requests: what stands for a column when it is not there.</summary>
    private Value?[]? stands;

    private bool ignoresUnknown;
    private List<string>? defaulted;
    private int ignored;

    /// <summary>A reader of rows as they arrive: every rule is checked, and then personal values are replaced as the contract says.</summary>
    public RowReader(ContractPlan plan)
        : this(plan, RowOrigin.Door, beside: null)
    {
    }

    /// <summary>A reader of requests: as a row that arrives, but the columns a request cannot know may be absent, and what stands there is dropped.</summary>
    /// <param name="plan">The contract.</param>
    /// <param name="unknown">Positions of those columns.</param>
    /// <param name="policy">What a request may lack or have beside the contract; null for nothing. What does not fit the contract as it is now stands for nothing.</param>
    /// <param name="beside">A column that requests may have beside those of the contract; null for none.</param>
    internal static RowReader ForRequest(ContractPlan plan, IReadOnlyCollection<int> unknown, RequestPolicy? policy = null, KnownAtColumn? beside = null)
    {
        var reader = new RowReader(plan, beside) { ignoresUnknown = policy is { IgnoresUnknown: true } };
        if (policy is { Stands.Count: > 0 })
        {
            reader.stands = [.. plan.Fields.Select(f => policy.Stands.TryGetValue(f.Name, out var value) && (value.IsNull || value.Kind == f.Type) ? value : (Value?)null)];
        }

        foreach (var column in unknown)
        {
            reader.isUnknown[column] = true;
        }

        return reader;
    }

    /// <param name="plan">The contract.</param>
    /// <param name="beside">A column that rows have beside those of the contract, read into <see cref="BesideMicros"/>; null for none.</param>
    internal RowReader(ContractPlan plan, KnownAtColumn? beside)
        : this(plan, RowOrigin.Door, beside)
    {
    }

    private RowReader(ContractPlan plan, RowOrigin origin, KnownAtColumn? beside)
    {
        this.plan = plan;
        this.origin = origin;
        fields = plan.Fields;
        names = new ColumnNames(plan, isStored: origin is RowOrigin.Stored or RowOrigin.KeptStored);
        this.beside = beside is null ? null : new BesideColumn(beside, isRequired: origin == RowOrigin.Door && !beside.IsOptional);
        stored = origin == RowOrigin.Stored;
        usual = stored ? new StoredForm(plan) : null;
        seen = new bool[fields.Length];
        isUnknown = new bool[fields.Length];
    }

    /// <summary>What the column beside the contract held in the row just read.</summary>
    internal long? BesideMicros => beside?.Micros;

    /// <summary>What was filled in and passed over in the request just read.</summary>
    internal RequestReading Reading => new(defaulted is { Count: > 0 } names ? [.. names] : [], ignored);

    /// <summary>
    /// A reader of rows that were accepted earlier, perhaps by an older version of the contract: it reads types, but a field the plan does
    /// not know is passed over, an absent one is null, and bounds that came later do not revoke a row.
    /// </summary>
    public static RowReader ForStored(ContractPlan plan) => new(plan, RowOrigin.Stored, beside: null);

    /// <summary>A reader of rows that were kept aside, for their release: all rules of the contract as it is now, except that a value that was
    /// replaced on arrival is taken as it is, in the form of its replacement only.</summary>
    /// <param name="plan">The contract as it is now.</param>
    /// <param name="wasStored">The row has the stored form, in which dropped values are absent.</param>
    /// <param name="beside">A column that a row may have beside those of the contract; null for none.</param>
    internal static RowReader ForKept(ContractPlan plan, bool wasStored, KnownAtColumn? beside = null) => new(plan, wasStored ? RowOrigin.KeptStored : RowOrigin.Kept, beside);

    /// <summary>Reads one JSON object and nothing after it.</summary>
    /// <param name="json">Any bytes.</param>
    /// <param name="row">As long as the plan's schema; all of it is written.</param>
    /// <param name="problems">Cleared first.</param>
    /// <returns>True when the row is good; otherwise <paramref name="problems"/> has at least one.</returns>
    public bool Read(ReadOnlySpan<byte> json, Span<Value> row, RowProblems problems)
    {
        problems.Clear();
        if (usual is not null && usual.TryRead(json, row))
        {
            return true;
        }

        row.Clear();
        beside?.Reset();
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, row, problems);
                if (!reader.Read())
                {
                    return problems.Count == 0;
                }
            }
        }
        catch (JsonException)
        {
            problems.Clear();
        }

        problems.Add(NotAnObject);
        return false;
    }

    /// <summary>Reads the object the reader stands at the beginning of, and leaves it at its end. Throws <see cref="JsonException"/> for broken JSON.</summary>
    internal bool Read(ref Utf8JsonReader reader, Span<Value> row, RowProblems problems)
    {
        problems.Clear();
        ReadObject(ref reader, row, problems);
        return problems.Count == 0;
    }

    /// <summary>
    /// Reads a row whose values came with their types: every rule holds as if they had been written as a JSON object. Not for columns of nested values.
    /// </summary>
    /// <param name="values">In any order; columns that are absent are not among them.</param>
    /// <param name="row">As long as the plan's schema; all of it is written.</param>
    /// <param name="problems">Cleared first.</param>
    internal bool Read(ReadOnlySpan<TypedValue> values, Span<Value> row, RowProblems problems)
    {
        problems.Clear();
        Begin(row);
        foreach (ref readonly var typed in values)
        {
            if (typed.Column < 0)
            {
                ignored++;
                continue;
            }

            var field = fields[typed.Column];
            if (seen[typed.Column])
            {
                problems.Add(field.Problems.Duplicate);
                continue;
            }

            seen[typed.Column] = true;
            if (isUnknown[typed.Column])
            {
                continue;
            }

            if (typed.Kind == TypedKind.Null)
            {
                TakeNull(typed.Column, row, problems);
            }
            else
            {
                Take(typed.Column, ValueReader.Read(field, typed, out row[typed.Column]), row, problems);
            }
        }

        CheckPresence(row, problems);
        return problems.Count == 0;
    }

    /// <summary>Checks a row whose values were read: required fields and rules beyond the type.</summary>
    internal static void Check(FieldPlan field, in Value value, RowProblems problems)
    {
        foreach (var check in field.Checks)
        {
            if (!check.Holds(value))
            {
                problems.Add(check.Broken);
            }
        }
    }

    private void ReadObject(ref Utf8JsonReader reader, Span<Value> row, RowProblems problems)
    {
        Begin(row);
        var expected = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = names.Find(ref reader, expected);
            if (index < 0)
            {
                if (beside is not null && beside.Is(ref reader))
                {
                    beside.Read(ref reader, problems);
                    continue;
                }

                ignored++;
                if (!stored && !ignoresUnknown && !problems.TryCountOnly())
                {
                    problems.Add(names.Unknown(ref reader));
                }

                reader.Skip();
                continue;
            }

            expected = index + 1;
            ReadField(index, ref reader, row, problems);
        }

        if (!stored)
        {
            CheckPresence(row, problems);
        }
    }

    private void Begin(Span<Value> row)
    {
        Array.Clear(seen);
        row.Clear();
        beside?.Reset();
        defaulted?.Clear();
        ignored = 0;
    }

    private void CheckPresence(Span<Value> row, RowProblems problems)
    {
        beside?.CheckPresence(problems);
        for (var i = 0; i < fields.Length; i++)
        {
            if (!seen[i] && !isUnknown[i] && TryFill(i, row))
            {
                continue;
            }

            if (!seen[i] && fields[i].Required && !isUnknown[i] && !(origin == RowOrigin.KeptStored && fields[i].Privacy == PrivacyTreatment.Drop))
            {
                problems.Add(fields[i].Problems.Missing);
            }
        }
    }

    private void ReadField(int index, ref Utf8JsonReader reader, Span<Value> row, RowProblems problems)
    {
        var field = fields[index];
        if (seen[index])
        {
            problems.Add(field.Problems.Duplicate);
            reader.Skip();
            return;
        }

        seen[index] = true;
        reader.Read();
        if (isUnknown[index])
        {
            reader.Skip();
            return;
        }

        if (reader.TokenType == JsonTokenType.Null)
        {
            TakeNull(index, row, problems);
            return;
        }

        if (origin is RowOrigin.Kept or RowOrigin.KeptStored && (field.Privacy != PrivacyTreatment.Keep || field is { IsJson: true, HidesNames: true })
            && reader.TokenType == JsonTokenType.String && ColumnNames.NameOf(ref reader) is { } text && TakeKept(field, text, out row[index], problems))
        {
            return;
        }

        if (field.IsJson)
        {
            // It reports its own problems: one for each value inside that is wrong.
            if (NestedReader.Read(field, ref reader, stored, problems, out row[index]) && !stored)
            {
                Take(index, ref row[index], problems);
            }
        }
        else
        {
            var problem = ValueReader.Read(field, ref reader, stored, out row[index]);
            Take(index, problem, row, problems);
            if (problem is not null)
            {
                reader.Skip();
            }
        }
    }

    private void TakeNull(int index, Span<Value> row, RowProblems problems)
    {
        if ((fields[index].Required || fields[index].NullPolicy == NullPolicy.Refuse) && !TryFill(index, row))
        {
            problems.Add(fields[index].Problems.Null);
        }
    }

    /// <summary>Takes a value that was read, or what was wrong with it.</summary>
    private void Take(int index, Problem? problem, Span<Value> row, RowProblems problems)
    {
        if (problem is not null)
        {
            row[index] = default;
            if (!ReferenceEquals(problem, fields[index].Problems.Null) || !TryFill(index, row))
            {
                // A blank where blanks are null is a null like any other.
                problems.Add(problem);
            }
        }
        else if (!stored && !row[index].IsNull)
        {
            Take(index, ref row[index], problems);
        }
    }

    /// <summary>Gives a column what stands for it: its value was checked when it was declared.</summary>
    private bool TryFill(int index, Span<Value> row)
    {
        if (stands?[index] is not { } value)
        {
            return false;
        }

        row[index] = value;
        (defaulted ??= []).Add(fields[index].Name);
        return true;
    }

    /// <summary>Checks a value of any kind, and leaves what may be stored of it.</summary>
    private void Take(int index, ref Value value, RowProblems problems)
    {
        Check(fields[index], value, problems);
        value = fields[index].Privacy == PrivacyTreatment.Keep ? value : plan.Protect(index, value);
    }

    /// <summary>Takes what stands in a kept row for a value that was replaced on arrival; false when the text is a value.</summary>
    internal static bool TakeKept(FieldPlan field, string text, out Value value, RowProblems problems)
    {
        value = default;
        if (field.Privacy == PrivacyTreatment.Tokenise && Tokeniser.IsToken(text))
        {
            value = Value.FromText(text);
            return true;
        }

        if (Mask.IsWithheld(text))
        {
            problems.Add(field.Problems.Withheld);
            return true;
        }

        return field.Privacy == PrivacyTreatment.Drop && text == Mask.Dropped;
    }
}
