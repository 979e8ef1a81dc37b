using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>Walks a nested value once: each inner value is checked and written in its canonical form. Not thread-safe: it keeps its buffer.</summary>
internal sealed class NestedWriter : IDisposable
{
    private const int Deepest = NestedPlan.Deepest;
    private const int LongestShownName = 64;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> buffer = new(256);
    private readonly Utf8JsonWriter writer;
    private RowProblems problems = new();

    public NestedWriter() => writer = new Utf8JsonWriter(buffer, Options);

    /// <summary>The canonical text; of no use when a problem was added.</summary>
    /// <exception cref="InvalidOperationException">A text or name holds a lone surrogate.</exception>
    public string Write(FieldPlan field, JsonElement value, RowProblems into)
    {
        problems = into;
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        Walk(field, value, field.Path, 1);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Never needed for the writers of threads: they live as long as their thread.</summary>
    public void Dispose() => writer.Dispose();

    private void Walk(FieldPlan? field, JsonElement value, string path, int depth)
    {
        switch (field?.Kind ?? FieldKind.Any)
        {
            case FieldKind.Any:
                WalkAny(field, value, path, depth);
                break;
            case FieldKind.Object when value.ValueKind == JsonValueKind.Object:
                WalkObject(field!, value, path, depth);
                break;
            case FieldKind.Map when value.ValueKind == JsonValueKind.Object:
                WalkMap(field!, value, path, depth);
                break;
            case FieldKind.Array when value.ValueKind == JsonValueKind.Array:
                WalkArray(field!, value, path, depth);
                break;
            case FieldKind.Object or FieldKind.Map or FieldKind.Array:
                Report(field!, field!.Problems.WrongType, path);
                break;
            default:
                WalkScalar(field!, value, path);
                break;
        }
    }

    private void WalkAny(FieldPlan? field, JsonElement value, string path, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WalkObject(field, value, path, depth);
                break;
            case JsonValueKind.Array:
                WalkArray(field, value, path, depth);
                break;
            case JsonValueKind.Number:
                WriteNumber(JsonMarshal.GetRawUtf8Value(value), path);
                break;
            case JsonValueKind.String:
                WriteText(value.GetString()!, path);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private void WalkScalar(FieldPlan field, JsonElement value, string path)
    {
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(value));
        reader.Read();
        if (ValueReader.Read(field, ref reader, stored: false, out var read) is { } problem)
        {
            Report(field, problem, path);
            return;
        }

        foreach (var check in field.Checks)
        {
            if (!check.Holds(read))
            {
                Report(field, check.Broken, path);
            }
        }

        WriteScalar(field, read);
    }

    private void WriteScalar(FieldPlan field, in Value value)
    {
        switch (field.Type)
        {
            case ScalarType.Boolean:
                writer.WriteBooleanValue(value.AsBoolean);
                break;
            case ScalarType.Integer:
                writer.WriteNumberValue(value.AsInteger);
                break;
            case ScalarType.Number:
                writer.WriteNumberValue(value.AsNumber);
                break;
            case ScalarType.Timestamp:
                Span<byte> text = stackalloc byte[Rfc3339.LongestText];
                var micros = value.AsTimestamp.Micros;
                writer.WriteStringValue(text[..(field.IsDate ? Rfc3339.WriteDate(micros, text) : Rfc3339.Write(micros, text))]);
                break;
            default:
                writer.WriteStringValue(value.AsText);
                break;
        }
    }

    private void WalkObject(FieldPlan? field, JsonElement value, string path, int depth)
    {
        if (!TryEnter(field, path, depth))
        {
            return;
        }

        var plan = field?.Nested;
        var members = Sorted(value, path);
        writer.WriteStartObject();
        foreach (var member in members)
        {
            FieldPlan? known = null;
            if (plan is { Members.Length: > 0 } && !plan.ByName.TryGetValue(member.Name, out known))
            {
                problems.Add(new Problem("FLY3105", $"{Shown(member.Name)} is not a member of '{path}' in the contract.", new ProblemLocation(Field: path), "Remove it, or add it to the contract."));
            }
            else if (member.Value.ValueKind == JsonValueKind.Null && known is not null)
            {
                RefuseNull(known, $"{path}.{known.Name}");
            }
            else
            {
                writer.WritePropertyName(member.Name);
                Walk(known, member.Value, known is null ? path : $"{path}.{known.Name}", depth + 1);
            }
        }

        writer.WriteEndObject();
        if (plan is not null)
        {
            CheckMembers(field!, plan, members, path);
        }
    }

    private void CheckMembers(FieldPlan field, NestedPlan plan, List<JsonProperty> members, string path)
    {
        if (members.Count < plan.LeastCount || members.Count > plan.MostCount)
        {
            Report(field, plan.WrongCount, path);
        }

        foreach (var member in plan.Members)
        {
            if (member.Required && !members.Exists(m => string.Equals(m.Name, member.Name, StringComparison.Ordinal)))
            {
                Report(member, member.Problems.Missing, $"{path}.{member.Name}");
            }
        }

        foreach (var name in plan.RequiredNames)
        {
            if (!members.Exists(m => string.Equals(m.Name, name, StringComparison.Ordinal)))
            {
                problems.Add(new Problem("FLY3101", $"'{path}.{name}' is required and absent.", new ProblemLocation(Field: $"{path}.{name}")));
            }
        }
    }

    private void WalkMap(FieldPlan field, JsonElement value, string path, int depth)
    {
        if (!TryEnter(field, path, depth))
        {
            return;
        }

        var plan = field.Nested!;
        var members = Sorted(value, path);
        writer.WriteStartObject();
        for (var i = 0; i < members.Count; i++)
        {
            var at = Indexed(path, i);
            CheckKey(plan.Key, members[i].Name, at);
            writer.WritePropertyName(members[i].Name);
            WalkItem(plan.Item, members[i].Value, at, depth);
        }

        writer.WriteEndObject();
        if (members.Count < plan.LeastCount || members.Count > plan.MostCount)
        {
            Report(field, plan.WrongCount, path);
        }
    }

    private void CheckKey(FieldPlan? key, string name, string path)
    {
        if (key is null)
        {
            return;
        }

        foreach (var check in key.Checks)
        {
            if (!check.Holds(Value.FromText(name)))
            {
                Report(key, check.Broken, path);
            }
        }
    }

    private void WalkArray(FieldPlan? field, JsonElement value, string path, int depth)
    {
        if (!TryEnter(field, path, depth))
        {
            return;
        }

        var plan = field?.Nested;
        writer.WriteStartArray();
        var count = 0;
        foreach (var item in value.EnumerateArray())
        {
            WalkItem(plan?.Item, item, plan?.Item is null ? path : Indexed(path, count), depth);
            count++;
        }

        writer.WriteEndArray();
        if (plan is null)
        {
            return;
        }

        if (count < plan.LeastCount || count > plan.MostCount)
        {
            Report(field!, plan.WrongCount, path);
        }

        if (plan.HasUniqueItems && !AreUnique(plan.Item, value))
        {
            Report(field!, plan.NotUnique, path);
        }
    }

    private void WalkItem(FieldPlan? item, JsonElement value, string path, int depth)
    {
        if (value.ValueKind == JsonValueKind.Null && item is not null)
        {
            RefuseNull(item, path);
            writer.WriteNullValue();
        }
        else
        {
            Walk(item, value, path, depth + 1);
        }
    }

    /// <summary>Items are equal when their canonical forms are; what is wrong with them was told already.</summary>
    private static bool AreUnique(FieldPlan? item, JsonElement value)
    {
        var forms = new HashSet<string>(StringComparer.Ordinal);
        using var inner = new NestedWriter();
        foreach (var element in value.EnumerateArray())
        {
            inner.problems = new RowProblems();
            inner.buffer.ResetWrittenCount();
            inner.writer.Reset(inner.buffer);
            inner.WalkItem(item, element, "", 0);
            inner.writer.Flush();
            if (!forms.Add(Encoding.UTF8.GetString(inner.buffer.WrittenSpan)))
            {
                return false;
            }
        }

        return true;
    }

    private List<JsonProperty> Sorted(JsonElement value, string path)
    {
        var members = new List<JsonProperty>();
        foreach (var member in value.EnumerateObject())
        {
            members.Add(member);
        }

        members.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        for (var i = 1; i < members.Count; i++)
        {
            if (string.Equals(members[i].Name, members[i - 1].Name, StringComparison.Ordinal))
            {
                problems.Add(new Problem("FLY3106", $"{Shown(members[i].Name)} appears twice in '{path}'.", new ProblemLocation(Field: path)));
            }
        }

        if (members.Exists(m => m.Name.Contains('\0', StringComparison.Ordinal)))
        {
            problems.Add(new Problem("FLY3110", $"A name in '{path}' holds a NUL.", new ProblemLocation(Field: path)));
        }

        return members;
    }

    /// <summary>A number without a type: a whole one of 64 bits is exact, any other is a finite double.</summary>
    private void WriteNumber(ReadOnlySpan<byte> text, string path)
    {
        if (Utf8Parser.TryParse(text, out long integer, out var used) && used == text.Length)
        {
            writer.WriteNumberValue(integer);
        }
        else if (text.Length <= 400 && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && text.IndexOfAny(".eE"u8) >= 0)
        {
            writer.WriteNumberValue(number + 0.0);
        }
        else
        {
            problems.Add(new Problem("FLY3104", $"A number in '{path}' is beyond what can be held exactly.", new ProblemLocation(Field: path)));
        }
    }

    private void WriteText(string text, string path)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            problems.Add(new Problem("FLY3110", $"A text in '{path}' holds a NUL.", new ProblemLocation(Field: path)));
        }

        writer.WriteStringValue(text);
    }

    private bool TryEnter(FieldPlan? field, string path, int depth)
    {
        if (depth <= Deepest)
        {
            return true;
        }

        problems.Add(field?.Nested?.TooDeep ?? new Problem("FLY3107", $"'{path}' is nested deeper than {Deepest}.", new ProblemLocation(Field: path)));
        writer.WriteNullValue();
        return false;
    }

    private void RefuseNull(FieldPlan field, string path)
    {
        if (field.Required || field.NullPolicy == NullPolicy.Refuse)
        {
            Report(field, field.Problems.Null, path);
        }
    }

    /// <summary>Problems are made once with the path of the field, which has no positions; the value's own path takes its place.</summary>
    private void Report(FieldPlan field, Problem problem, string path) => problems.Add(
        string.Equals(field.Path, path, StringComparison.Ordinal)
            ? problem
            : problem with { Message = problem.Message.Replace($"'{field.Path}'", $"'{path}'", StringComparison.Ordinal), Where = new ProblemLocation(Field: path) });

    private static string Indexed(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    private static string Shown(string name) => name.Length > LongestShownName ? $"'{name[..LongestShownName]}...'" : $"'{name}'";
}
