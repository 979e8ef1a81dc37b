using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Problems;

/// <summary>
/// The small JSON object that an action takes. It is read strictly: a member that is unknown, there twice, missing or of another type is
/// named, because an action that ignores what it was told does something else than was meant.
/// </summary>
/// <typeparam name="T">A record; its members are read by their names in snake_case, and a constructor parameter without a default is required.</typeparam>
public sealed class RequestBody<T>
    where T : class
{
    private const int LargestBody = 64 << 10;
    private const int Deepest = 16;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        MaxDepth = Deepest,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private RequestBody(T? given) => Given = given;

    /// <summary>What came; null when the body was empty.</summary>
    public T? Given { get; }

    /// <summary>What came.</summary>
    /// <exception cref="FlyballException">FLY3001: the body was empty.</exception>
    public T Required => Given ?? throw new FlyballException(new Problem("FLY3001", "This takes a JSON object, and the body is empty.", Remedy: $"It has the members {string.Join(", ", Members.Select(m => m.Name))}."));

    private static IList<JsonPropertyInfo> Members => Options.GetTypeInfo(typeof(T)).Properties;

    /// <summary>Reads it for a route's parameter.</summary>
    /// <exception cref="FlyballException">FLY3001: it is no JSON. FLY4013: it is too large. FLY4015: it is said to be something else.</exception>
    /// <exception cref="RequestBodyException">FLY3002, one for each member that is wrong.</exception>
#pragma warning disable CA1000 // The framework finds a parameter's reader by this name on its type.
    public static async ValueTask<RequestBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var body = await ReadAsync(context.Request, context.RequestAborted);
        if (body.Length == 0)
        {
            return new RequestBody<T>(null);
        }

        if (!JsonMediaType.Is(context.Request.ContentType))
        {
            throw new FlyballException(new Problem("FLY4015", "The body comes as application/json.", Remedy: "Set Content-Type."));
        }

        return new RequestBody<T>(Parse(body));
    }
#pragma warning restore CA1000

    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength > LargestBody)
        {
            throw TooLarge();
        }

        var buffer = new byte[LargestBody + 1];
        var read = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return read <= LargestBody ? buffer[..read] : throw TooLarge();
    }

    private static T Parse(byte[] body)
    {
        if (!Utf8.IsValid(body))
        {
            throw new FlyballException(new Problem("FLY3001", "The body is not UTF-8."));
        }

        try
        {
            Judge(body);
            return JsonSerializer.Deserialize<T>(body, Options)!;
        }
        catch (JsonException e) when (e.Path is { Length: > 2 } path)
        {
            var field = path[2..];
            throw new FlyballException(new Problem("FLY3002", $"'{field}' is not of the type that it should have.", new ProblemLocation(Field: field)), e);
        }
        catch (InvalidOperationException e)
        {
            throw new FlyballException(new Problem("FLY3001", "A text of the body escapes half of a character: it is not Unicode."), e);
        }
        catch (JsonException e)
        {
            throw new FlyballException(new Problem("FLY3001", $"The body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."), e);
        }
    }

    /// <summary>Every member that is unknown, repeated or missing, at once; reading to the end finds broken JSON first.</summary>
    private static void Judge(byte[] body)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = Deepest });
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new FlyballException(new Problem("FLY3001", "The body is not a JSON object."));
        }

        var (seen, gaps) = (new List<string>(), new List<string>());
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            seen.Add(json.GetString()!);
            if (SkipsNull(ref json))
            {
                gaps.Add(seen[^1]);
            }
        }

        // Whatever follows the object is refused by the reader.
        json.Read();
        var known = Members;
        var problems = seen.Where(name => known.All(m => m.Name != name))
            .Select(name => Wrong(name, $"'{name}' is not known here.", $"The members are {string.Join(", ", known.Select(m => m.Name))}."))
            .Concat(seen.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => Wrong(g.Key, $"'{g.Key}' is there {g.Count()} times.", null)))
            .Concat(gaps.Select(name => Wrong(name, $"A list in '{name}' holds null.", "Leave it out.")))
            .Concat(known.Where(m => m.AssociatedParameter is { HasDefaultValue: false } && !seen.Contains(m.Name)).Select(m => Wrong(m.Name, $"'{m.Name}' is missing.", null)))
            .ToList();
        if (problems.Count > 0)
        {
            throw new RequestBodyException(problems);
        }
    }

    /// <summary>Passes over a member's value; true when a list in it holds null, which the types of lists do not say.</summary>
    private static bool SkipsNull(ref Utf8JsonReader json)
    {
        var (inList, found) = (new Stack<bool>(), false);
        do
        {
            json.Read();
            switch (json.TokenType)
            {
                case JsonTokenType.StartArray or JsonTokenType.StartObject:
                    inList.Push(json.TokenType == JsonTokenType.StartArray);
                    break;
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    inList.Pop();
                    break;
                case JsonTokenType.Null:
                    found |= inList.TryPeek(out var list) && list;
                    break;
            }
        }
        while (inList.Count > 0);
        return found;
    }

    private static Problem Wrong(string field, string message, string? remedy) => new("FLY3002", message, new ProblemLocation(Field: field), remedy);

    private static FlyballException TooLarge() => new(new Problem("FLY4013", $"The body is larger than {LargestBody} bytes."));
}
