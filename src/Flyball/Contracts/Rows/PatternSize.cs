using System.Globalization;

namespace Flyball.Contracts.Rows;

/// <summary>
/// What matching a pattern can cost. An engine that does not backtrack goes over the text once, but at each character it may have to follow as
/// many positions of the pattern as a text can be at together:
/// <list type="number">
/// <item>a counted repetition stands for so many copies, so <c>(x.{0,120}y){6}</c> has 732 positions;</item>
/// <item>positions of which only one can be reached at a time count once: behind <c>^</c> that is everything up to the first repetition of
/// varying length, and that repetition itself when it is of single characters;</item>
/// <item>of words to choose among, each of one length, a text is at one at a time;</item>
/// <item>at the end of a pattern without <c>$</c> the least number of repetitions decides.</item>
/// </list>
/// It reads any text, and what it does not understand counts as a character: whether a pattern is one is for the engine to say.
/// </summary>
/// <param name="Live">Positions to follow at each character, at most.</param>
/// <param name="Longest">The longest text that can match, in UTF-16 units; null when there is no bound, or when a part of a text is enough.</param>
internal readonly record struct PatternSize(long Live, long? Longest)
{
    /// <summary>So many that it makes no difference.</summary>
    private const long Most = 1L << 40;

    private const int Deepest = 200;

    public static PatternSize Of(string pattern)
    {
        var reader = new Reader(pattern);
        var whole = reader.Alternatives(0);
        var isAnchored = whole.Branches.Count == 1 && pattern.StartsWith('^');
        var hasEnd = whole.Branches.Count == 1 && EndsAtEnd(pattern);
        var live = 0L;
        foreach (var branch in whole.Branches)
        {
            var positions = LiveOf(branch, isAnchored, hasEnd);
            live = whole.IsOfFixed ? Math.Max(live, positions) : Math.Min(Most, live + positions);
        }

        return new PatternSize(Math.Max(1, live), isAnchored && hasEnd && whole.Longest < Most ? whole.Longest : null);
    }

    private static bool EndsAtEnd(string pattern)
    {
        var slashes = pattern.Length - pattern.AsSpan(0, Math.Max(0, pattern.Length - 1)).TrimEnd('\\').Length - 1;
        return (pattern.EndsWith('$') && slashes % 2 == 0) || (pattern.EndsWith('z') && slashes % 2 == 1);
    }

    private static long LiveOf(List<Part> branch, bool isAnchored, bool hasEnd)
    {
        var (live, isExact) = (0L, isAnchored);
        for (var i = 0; i < branch.Count; i++)
        {
            var part = branch[i];
            var positions = i == branch.Count - 1 && !hasEnd ? part.Size * Math.Max(1, part.Least) : part.Positions;
            if (isExact)
            {
                isExact = part.IsFixed;
                positions = part.IsFixed ? 0 : part.Size == 1 ? 1 : positions;
            }

            live = Math.Min(Most, live + positions);
        }

        return live;
    }

    /// <summary>An atom with its repetition; <see cref="Most"/> stands for no bound.</summary>
    private readonly record struct Part(long Size, long LongestAtom, bool HasFixedAtom, long Least, long Highest)
    {
        public bool IsFixed => HasFixedAtom && Least == Highest;

        /// <summary>Its copies; a repetition without bound goes round in its last one.</summary>
        public long Positions => Math.Min(Most, Size * (Highest == Most ? Math.Max(1, Least) : Highest));

        public long Longest => LongestAtom == 0 || Highest == 0 ? 0 : LongestAtom >= Most || Highest >= Most ? Most : Math.Min(Most, LongestAtom * Highest);
    }

    private readonly record struct Group(List<List<Part>> Branches)
    {
        /// <summary>Every branch has one length: words, of which a text is at one at a time.</summary>
        public bool IsOfFixed => Branches.TrueForAll(b => b.TrueForAll(p => p.IsFixed));

        public long Size => IsOfFixed ? Branches.Max(SizeOf) : Branches.Aggregate(0L, (sum, b) => Math.Min(Most, sum + SizeOf(b)));

        public long Longest => Branches.Max(b => b.Aggregate(0L, (s, p) => Math.Min(Most, s + p.Longest)));

        public bool IsFixed => Branches.Count == 1 && IsOfFixed;

        private static long SizeOf(List<Part> branch) => branch.Aggregate(0L, (sum, p) => Math.Min(Most, sum + p.Positions));
    }

    private sealed class Reader(string text)
    {
        private int at;

        public Group Alternatives(int depth)
        {
            var branches = new List<List<Part>> { new() };
            while (at < text.Length && (text[at] != ')' || depth == 0))
            {
                if (text[at] == '|')
                {
                    at++;
                    branches.Add([]);
                    continue;
                }

                branches[^1].Add(Repeated(Atom(depth)));
            }

            return new Group(branches);
        }

        private (long Size, long Longest, bool IsFixed) Atom(int depth)
        {
            switch (text[at++])
            {
                case '(' when depth < Deepest:
                    SkipKind();
                    var inner = Alternatives(depth + 1);
                    at = Math.Min(text.Length, at + 1);
                    return (inner.Size, inner.Longest, inner.IsFixed);
                case '[':
                    SkipClass();
                    return (1, 1, true);
                case '^' or '$':
                    return (0, 0, true);
                case '\\' when at < text.Length:
                    return Escape();
                default:
                    return (1, 1, true);
            }
        }

        private (long Size, long Longest, bool IsFixed) Escape()
        {
            var c = text[at++];
            var length = c switch { 'u' => 4, 'x' => 2, 'c' => 1, 'p' or 'P' => text.IndexOf('}', at) - at + 1, _ => 0 };
            at = Math.Min(text.Length, at + Math.Max(0, length));
            return c is 'b' or 'B' or 'A' or 'z' or 'Z' or 'G' ? (0, 0, true) : (1, 1, true);
        }

        private Part Repeated((long Size, long Longest, bool IsFixed) atom)
        {
            var (least, highest) = (1L, 1L);
            // One repetition may stand around another, as in (a{2}){3}, but not behind it: a sign that follows makes it lazy.
            if (at < text.Length && Bounds() is { } bounds)
            {
                (least, highest) = bounds;
                at += at < text.Length && text[at] == '?' ? 1 : 0;
            }

            return new Part(atom.Size, atom.Longest, atom.IsFixed, least, highest);
        }

        private (long Least, long Highest)? Bounds()
        {
            switch (text[at])
            {
                case '*':
                    at++;
                    return (0, Most);
                case '+':
                    at++;
                    return (1, Most);
                case '?':
                    at++;
                    return (0, 1);
                case '{' when text.IndexOf('}', at) is var end and > 0:
                    var inside = text.AsSpan(at + 1, end - at - 1);
                    var comma = inside.IndexOf(',');
                    var least = Number(comma < 0 ? inside : inside[..comma]);
                    var highest = comma < 0 ? least : comma == inside.Length - 1 ? Most : Number(inside[(comma + 1)..]);
                    if (least is null || highest is null)
                    {
                        return null;
                    }

                    at = end + 1;
                    return (least.Value, highest.Value);
                default:
                    return null;
            }
        }

        private static long? Number(ReadOnlySpan<char> digits) =>
            digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9')
                ? digits.Length < 10 ? long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) : Most
                : null;

        private void SkipKind()
        {
            if (at >= text.Length || text[at] != '?')
            {
                return;
            }

            // (?:, (?<name>, (?i), (?i: ... : what stands before the group's content.
            while (at < text.Length && text[at] is not (':' or '>' or '=' or '!' or ')'))
            {
                at++;
            }

            at += at < text.Length && text[at] != ')' ? 1 : 0;
        }

        private void SkipClass()
        {
            // The first sign of a class is itself, also a bracket.
            at += at < text.Length && text[at] == '^' ? 1 : 0;
            for (var first = at; at < text.Length && (text[at] != ']' || at == first); at++)
            {
                at += text[at] == '\\' ? 1 : 0;
            }

            at = Math.Min(text.Length, at + 1);
        }
    }
}
