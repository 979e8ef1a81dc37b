using System.Text.Json;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Training.Tracking;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>
/// One request: parameters from the query of a GET, from the JSON of every other method, and from the path. What is not asked for is ignored, so that
/// newer clients are served.
/// </summary>
internal sealed class MlflowCall
{
    private readonly JsonElement body;
    private readonly bool isQuery;
    private readonly byte[] sent;

    private MlflowCall(HttpContext context, byte[] sent, JsonElement body)
    {
        Context = context;
        this.sent = sent;
        this.body = body;
        isQuery = HttpMethods.IsGet(context.Request.Method);
    }

    public HttpContext Context { get; }

    public CancellationToken Stop => Context.RequestAborted;

    public TrackingStore Tracking => Context.RequestServices.GetRequiredService<TrackingStore>();

    public string Caller => Context.Caller().Name;

    /// <summary>How long the JSON was.</summary>
    public int Length => sent.Length;

    public static async ValueTask<MlflowCall> ReadAsync(HttpContext context)
    {
        var read = HttpMethods.IsGet(context.Request.Method) ? [] : await MlflowBody.ReadAsync(context);
        return new MlflowCall(context, read, MlflowBody.Parse(read));
    }

    /// <summary>The header of a creation that may be sent again; null without it.</summary>
    public string? IdempotencyKey => Context.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } key ? key : null;

    /// <summary>The creation's idempotency key with the digest of its request; null without one.</summary>
    /// <param name="scope">What is created.</param>
    public RequestMark? Mark(string scope)
    {
        return IdempotencyKey is not { } key ? null
            : key.Length <= RequestMark.LongestKey ? new RequestMark($"{Caller}\n{scope}", key, Digest.Of(sent).Hex)
            : throw MlflowException.Invalid("Idempotency-Key", MlflowValue.Shown(key), $"it has at most {RequestMark.LongestKey} characters");
    }

    public bool Has(string name) => isQuery ? Context.Request.Query.ContainsKey(name) : TryMember(name, out _);

    /// <summary>A text; null when it is absent.</summary>
    public string? Text(string name, bool isId = false)
    {
        if (Context.Request.RouteValues.TryGetValue(name, out var routed) && routed is string text)
        {
            return text;
        }

        return isQuery ? Context.Request.Query.TryGetValue(name, out var values) ? values[^1] : null
            : TryMember(name, out var value) ? MlflowValue.Text(value, name, isId) : null;
    }

    /// <summary>A text that must be there and not be empty.</summary>
    public string Required(string name, bool isId = false) => Text(name, isId) is { Length: > 0 } text ? text : throw MlflowException.Missing(name);

    /// <summary>A whole number; null when it is absent.</summary>
    public long? Whole(string name) =>
        isQuery ? Text(name) is { Length: > 0 } text ? MlflowValue.Whole(text, name) : null
        : TryMember(name, out var value) ? MlflowValue.Whole(value, name) : null;

    /// <summary>How many to answer with.</summary>
    /// <param name="most">The most that may be asked for.</param>
    /// <param name="usual">What absence means; null where it must be said.</param>
    public int Limit(int most, int? usual)
    {
        var asked = Whole("max_results") ?? usual ?? 0;
        return asked < 1 ? throw MlflowException.Invalid($"Invalid value {asked} for parameter 'max_results' supplied. It must be a positive integer")
            : asked > most ? throw MlflowException.Invalid($"Invalid value {asked} for parameter 'max_results' supplied. It must be at most {most}, but got value {asked}")
            : (int)asked;
    }

    public double RequiredReal(string name) => TryMember(name, out var value) ? MlflowValue.Real(value, name) : throw MlflowException.Missing(name);

    public bool RequiredFlag(string name) =>
        isQuery ? MlflowValue.Flag(Required(name), name) : TryMember(name, out var value) ? MlflowValue.Flag(value, name) : throw MlflowException.Missing(name);

    /// <summary>A name of an enumeration; null when it is absent.</summary>
    public string? OneOf(string name, IReadOnlyList<string> names, int first) => Text(name, isId: true) is { Length: > 0 } text ? MlflowValue.OneOf(text, name, names, first) : null;

    /// <summary>Texts of a repeated parameter, or of one as a list.</summary>
    public IReadOnlyList<string> Texts(string name, bool isId = false) =>
        isQuery ? [.. Context.Request.Query[name].OfType<string>()] : [.. Items(name).Select((item, i) => MlflowValue.Text(item, $"{name}[{i}]", isId))];

    /// <summary>One member of the body as it came; null when it is absent.</summary>
    public JsonElement? Item(string name) => TryMember(name, out var value) ? value : null;

    /// <summary>The members of a list; none when it is absent.</summary>
    public IEnumerable<JsonElement> Items(string name) => TryMember(name, out var list) ? ItemsOf(list, name) : [];

    /// <summary>Objects with a key and a value, such as tags.</summary>
    public IReadOnlyList<KeyText> Pairs(string name) => Pairs(Items(name), name);

    public static IReadOnlyList<KeyText> Pairs(IEnumerable<JsonElement> items, string name) =>
        [.. items.Select((item, i) => new KeyText(RequiredOf(item, "key", $"{name}[{i}].key"), TextOf(item, "value", $"{name}[{i}].value") ?? ""))];

    /// <summary>A member of an object in a list; null when it is absent.</summary>
    public static string? TextOf(JsonElement item, string member, string path) =>
        TryMember(item, member, out var value) ? MlflowValue.Text(value, path) : null;

    public static string RequiredOf(JsonElement item, string member, string path) => TextOf(item, member, path) is { Length: > 0 } text ? text : throw MlflowException.Missing(path);

    public static IEnumerable<JsonElement> ItemsOf(JsonElement list, string name) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw MlflowException.Invalid(name, list.GetRawText());

    public static bool TryMember(JsonElement item, string name, out JsonElement value)
    {
        value = default;
        return item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private bool TryMember(string name, out JsonElement value) => TryMember(body, name, out value);
}
