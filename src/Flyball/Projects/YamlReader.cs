using Flyball.Engine.Problems;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Flyball.Projects;

/// <summary>
/// Reads one YAML document into values with positions. It works on the parser's events and keeps its own stack bounded,
/// because a tree built by recursion overflows on a file of brackets; an alias costs what its anchor holds, so that a few
/// lines of aliases cannot stand for billions of values.
/// </summary>
internal sealed class YamlReader
{
    public const int LongestFile = 1 << 20;

    private const string ViewName = "features";

    private const int Deepest = 32;
    private const int MostValues = 50_000;

    private readonly string file;
    private readonly ProblemList problems;
    private readonly Scanner scanner;
    private readonly Parser parser;
    private readonly Dictionary<string, (YamlValue Value, int Size)> anchors = [];
    private int values;

    private YamlReader(string file, string text, ProblemList problems)
    {
        this.file = file;
        this.problems = problems;
        scanner = new Scanner(new StringReader(text));
        parser = new Parser(scanner);
    }

    /// <summary>The document's mapping, or null after adding what is wrong.</summary>
    public static YamlMembers? Read(string file, string text, ProblemList problems)
    {
        if (text.Length > LongestFile)
        {
            problems.Add("FLY1101", "The file is larger than 1 MB.", new ProblemLocation(file), "Split it.");
            return null;
        }

        try
        {
            return new YamlReader(file, text, problems).ReadDocument();
        }
        catch (YamlException e)
        {
            problems.Add("FLY1100", $"This is not YAML: {e.InnerException?.Message ?? e.Message}.".Replace("..", ".", StringComparison.Ordinal), At(file, e.Start));
        }
        catch (RefusedException e)
        {
            problems.Add(e.Problem);
        }

        return null;
    }

    private static ProblemLocation At(string file, Mark mark) => new(file, (int)mark.Line, (int)mark.Column);

    private YamlMembers? ReadDocument()
    {
        Next<StreamStart>();
        if (Next<ParsingEvent>() is StreamEnd)
        {
            problems.Add("FLY1104", "The file is empty.", new ProblemLocation(file));
            return null;
        }

        var root = ReadValue(0);
        Next<DocumentEnd>();
        var after = Next<ParsingEvent>();
        if (after is not StreamEnd)
        {
            throw Refuse("FLY1100", "The file holds a second document.", after.Start, "Write one document a file.");
        }

        if (root is YamlMembers members)
        {
            return members;
        }

        problems.Add("FLY1105", "The file should hold a mapping (name: value).", new ProblemLocation(file, root.Line, root.Column));
        return null;
    }

    private YamlValue ReadValue(int depth)
    {
        var start = Next<ParsingEvent>();
        if (depth > Deepest)
        {
            throw Refuse("FLY1101", $"Values are nested deeper than {Deepest}.", start.Start);
        }

        var before = values;
        Spend(1, start);
        var value = start switch
        {
            AnchorAlias alias => Resolve(alias),
            Scalar scalar => new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain && !IsTextTag(scalar), Line(scalar), Column(scalar)),
            SequenceStart => ReadItems(start, depth),
            MappingStart => ReadMembers(start, depth),
            _ => throw Refuse("FLY1100", "A value was expected.", start.Start),
        };

        if (start is NodeEvent node)
        {
            RefuseTag(node);
            if (start is not AnchorAlias && !node.Anchor.IsEmpty)
            {
                anchors[node.Anchor.Value] = (value, values - before);
            }
        }

        return value;
    }

    private YamlItems ReadItems(ParsingEvent start, int depth)
    {
        var items = new List<YamlValue>();
        while (Peek() is not SequenceEnd)
        {
            items.Add(ReadValue(depth + 1));
        }

        Next<SequenceEnd>();
        return new YamlItems(items, Line(start), Column(start));
    }

    private YamlMembers ReadMembers(ParsingEvent start, int depth)
    {
        var members = new List<YamlMember>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (Peek() is not MappingEnd)
        {
            if (Peek() is not Scalar key)
            {
                throw Refuse("FLY1105", "A name before a colon should be plain text.", Peek().Start);
            }

            Next<Scalar>();
            var value = ReadValue(depth + 1);
            if (lines.TryAdd(key.Value, Line(key)))
            {
                members.Add(new YamlMember(key.Value, value, Line(key), Column(key)));
            }
            else if (key.Value == ViewName && depth == 0 && value is YamlMembers && !lines.ContainsKey("view") && members.FindIndex(m => m.Name == ViewName && m.Value is YamlScalar) is >= 0 and var named)
            {
                // A feature view may name itself and list its features under one word; docs/adr/0005 has the reason.
                members[named] = members[named] with { Name = "view" };
                lines.Add("view", lines[ViewName]);
                members.Add(new YamlMember(key.Value, value, Line(key), Column(key)));
            }
            else
            {
                problems.Add(
                    "FLY1102",
                    $"'{key.Value}' appears twice; the first is in line {lines[key.Value]}.",
                    new ProblemLocation(file, Line(key), Column(key), key.Value),
                    "Keep one of them.");
            }
        }

        Next<MappingEnd>();
        return new YamlMembers(members, Line(start), Column(start));
    }

    private YamlValue Resolve(AnchorAlias alias)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out var anchored))
        {
            throw Refuse("FLY1100", $"'*{alias.Value.Value}' names no anchor above it.", alias.Start);
        }

        Spend(anchored.Size, alias);
        return anchored.Value;
    }

    private void Spend(int count, ParsingEvent at)
    {
        values += count;
        if (values > MostValues)
        {
            throw Refuse("FLY1101", $"The file holds more than {MostValues} values, aliases counted in full.", at.Start);
        }
    }

    private static bool IsTextTag(Scalar scalar) => !scalar.Tag.IsEmpty && string.Equals(scalar.Tag.Value, "tag:yaml.org,2002:str", StringComparison.Ordinal);

    private void RefuseTag(NodeEvent node)
    {
        // "!" is what the parser reports for a quoted scalar without a tag.
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && !node.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
        {
            throw Refuse("FLY1100", $"The tag '{node.Tag.Value}' is not supported.", node.Start, "Remove it.");
        }
    }

    /// <summary>Takes the present event.</summary>
    private T Next<T>()
        where T : ParsingEvent
    {
        if (Peek() is not T expected)
        {
            throw Refuse("FLY1100", "The file ends early.", Peek().Start);
        }

        // The parser always stands one event ahead.
        Advance();
        return expected;
    }

    private ParsingEvent Peek() => parser.Current is not null || Advance() ? parser.Current! : throw Refuse("FLY1100", "The file ends early.", scanner.CurrentPosition);

    /// <summary>On some broken texts the parser fails in its own way, such as on a comment that hides the end of a bracket.</summary>
    private bool Advance()
    {
        try
        {
            return parser.MoveNext();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw Refuse("FLY1100", "This is not YAML: it cannot be read on from here.", scanner.CurrentPosition, "Look for a bracket, a brace or a quote above that is not closed; a comment after it hides its end.");
        }
    }

    private RefusedException Refuse(string code, string message, Mark at, string? remedy = null) =>
        new(new Problem(code, message, At(file, at), remedy));

    private static int Line(ParsingEvent at) => (int)at.Start.Line;

    private static int Column(ParsingEvent at) => (int)at.Start.Column;

    /// <summary>Leaves the recursion for a file that is not worth reading on; it never leaves this class.</summary>
    private sealed class RefusedException(Problem problem) : Exception
    {
        public Problem Problem { get; } = problem;
    }
}
