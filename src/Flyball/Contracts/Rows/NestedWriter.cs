using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Rows;

/// <summary>Walks a nested value once: each inner value is checked and written in its canonical form. Not thread-safe: it keeps its buffer.</summary>
internal sealed class NestedWriter : IDisposable
{
    private const int Deepest = NestedPlan.Deepest;

    private readonly CanonicalText text = new();
    private NestedProblems problems = new(new RowProblems(), hidesNames: true);

    private Utf8JsonWriter Json => text.Json;

    /// <summary>The canonical text; of no use when a problem was added.</summary>
    /// <exception cref="InvalidOperationException">A text or name holds a lone surrogate.</exception>
    public string Write(FieldPlan field, JsonElement value, RowProblems into)
    {
        problems = new NestedProblems(into, field.HidesNames);
        text.Begin();
        Walk(field, value, field.Path, 1);
        return text.End();
    }

    /// <summary>Never needed for the writers of threads: they live as long as their thread.</summary>
    public void Dispose() => text.Dispose();

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
                problems.Add(field!, field!.Problems.WrongType, path);
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
                if (!text.TryWriteNumber(JsonMarshal.GetRawUtf8Value(value)))
                {
                    problems.AddOverflow(path);
                }

                break;
            case JsonValueKind.String:
                if (!text.TryWriteText(value.GetString()!))
                {
                    problems.AddNul("A text", path);
                }

                break;
            default:
                value.WriteTo(Json);
                break;
        }
    }

    private void WalkScalar(FieldPlan field, JsonElement value, string path)
    {
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(value));
        reader.Read();
        if (ValueReader.Read(field, ref reader, stored: false, out var read) is { } problem)
        {
            problems.Add(field, problem, path);
            return;
        }

        foreach (var check in field.Checks)
        {
            if (!check.Holds(read))
            {
                problems.Add(field, check.Broken, path);
            }
        }

        text.WriteScalar(field, read);
    }

    private void WalkObject(FieldPlan? field, JsonElement value, string path, int depth)
    {
        if (!TryEnter(field, path, depth))
        {
            return;
        }

        var plan = field?.Nested;
        var members = NestedMembers.Sorted(value, path, problems);
        Json.WriteStartObject();
        foreach (var member in members)
        {
            FieldPlan? known = null;
            if (plan is { Members.Length: > 0 } && !plan.ByName.TryGetValue(member.Name, out known))
            {
                problems.AddUnknown(member.Name, path);
            }
            else if (member.Value.ValueKind == JsonValueKind.Null && known is not null)
            {
                RefuseNull(known, $"{path}.{known.Name}");
            }
            else
            {
                Json.WritePropertyName(member.Name);
                Walk(known, member.Value, known is null ? path : $"{path}.{known.Name}", depth + 1);
            }
        }

        Json.WriteEndObject();
        if (plan is not null)
        {
            CheckMembers(field!, plan, members, path);
        }
    }

    private void CheckMembers(FieldPlan field, NestedPlan plan, List<JsonProperty> members, string path)
    {
        if (members.Count < plan.LeastCount || members.Count > plan.MostCount)
        {
            problems.Add(field, plan.WrongCount, path);
        }

        foreach (var member in plan.Members)
        {
            if (member.Required && !members.Exists(m => string.Equals(m.Name, member.Name, StringComparison.Ordinal)))
            {
                problems.Add(member, member.Problems.Missing, $"{path}.{member.Name}");
            }
        }

        foreach (var name in plan.RequiredNames)
        {
            if (!members.Exists(m => string.Equals(m.Name, name, StringComparison.Ordinal)))
            {
                problems.AddMissing($"{path}.{name}");
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
        var members = NestedMembers.Sorted(value, path, problems);
        Json.WriteStartObject();
        for (var i = 0; i < members.Count; i++)
        {
            var at = Indexed(path, i);
            CheckKey(plan.Key, members[i].Name, at);
            Json.WritePropertyName(members[i].Name);
            WalkItem(plan.Item, members[i].Value, at, depth);
        }

        Json.WriteEndObject();
        if (members.Count < plan.LeastCount || members.Count > plan.MostCount)
        {
            problems.Add(field, plan.WrongCount, path);
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
                problems.Add(key, check.Broken, path);
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
        Json.WriteStartArray();
        var count = 0;
        foreach (var item in value.EnumerateArray())
        {
            WalkItem(plan?.Item, item, plan?.Item is null ? path : Indexed(path, count), depth);
            count++;
        }

        Json.WriteEndArray();
        if (plan is null)
        {
            return;
        }

        if (count < plan.LeastCount || count > plan.MostCount)
        {
            problems.Add(field!, plan.WrongCount, path);
        }

        if (plan.HasUniqueItems && !AreUnique(plan.Item, value))
        {
            problems.Add(field!, plan.NotUnique, path);
        }
    }

    private void WalkItem(FieldPlan? item, JsonElement value, string path, int depth)
    {
        if (value.ValueKind == JsonValueKind.Null && item is not null)
        {
            RefuseNull(item, path);
            Json.WriteNullValue();
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
            inner.problems = new NestedProblems(new RowProblems(), hidesNames: true);
            inner.text.Begin();
            inner.WalkItem(item, element, "", 0);
            if (!forms.Add(inner.text.End()))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryEnter(FieldPlan? field, string path, int depth)
    {
        if (depth <= Deepest)
        {
            return true;
        }

        problems.AddTooDeep(field, path);
        Json.WriteNullValue();
        return false;
    }

    private void RefuseNull(FieldPlan field, string path)
    {
        if (field.Required || field.NullPolicy == NullPolicy.Refuse)
        {
            problems.Add(field, field.Problems.Null, path);
        }
    }

    private static string Indexed(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}
