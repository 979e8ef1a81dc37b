using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;

namespace Flyball.Contracts.Inference;

/// <summary>What one column of a file held, counted in one pass and in memory that does not grow with the rows but for the search for a key.</summary>
internal sealed partial class ColumnObservation(string name, SipHash hash)
{
    /// <summary>Beyond so many different values nobody looks for a repeated one: the column then is no certain key.</summary>
    private const int MostKeys = 2_000_000;

    private static readonly string[] NullWords = ["NA", "N/A", "n/a", "null", "NULL", "Null", "NaN", "nan", "None", "none", "?", "-", "#N/A", "\\N"];

    private readonly Dictionary<WrittenTime, long> times = [];
    private HashSet<UInt128>? keys = [];
    private long previousTime = long.MinValue;

    public string Name => name;

    /// <summary>Rows with a value.</summary>
    public long Present { get; private set; }

    /// <summary>Of white space alone.</summary>
    public long Blanks { get; private set; }

    /// <summary>Words that often stand for no value.</summary>
    public long Nullish { get; private set; }

    /// <summary>Texts with white space at an end.</summary>
    public long Padded { get; private set; }

    /// <summary>Texts that are numbers, whatever holds them.</summary>
    public long Numeric { get; private set; }

    /// <summary>Numbers that a double holds.</summary>
    public long Numbers { get; private set; }

    /// <summary>Whole numbers of 64 bits.</summary>
    public long Wholes { get; private set; }

    /// <summary>Numbers that are written with a point.</summary>
    public long Pointed { get; private set; }

    public long LeadingZeros { get; private set; }

    public long Booleans { get; private set; }

    public long Texts { get; private set; }

    public long Nested { get; private set; }

    public long Emails { get; private set; }

    public long Phones { get; private set; }

    public long SocialNumbers { get; private set; }

    /// <summary>Two to five words with a capital first and last, as the names of people are written, and of some places.</summary>
    public long FullNames { get; private set; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    public int Shortest { get; private set; } = int.MaxValue;

    public int Longest { get; private set; }

    public QuantileSketch Quantiles { get; } = new();

    public HeavyHitters Frequent { get; } = new();

    public DistinctSketch Distinct { get; } = new();

    /// <summary>How many values each form of a time fits.</summary>
    public IReadOnlyDictionary<WrittenTime, long> Times => times;

    public long FirstTime { get; private set; } = long.MaxValue;

    public long LastTime { get; private set; } = long.MinValue;

    /// <summary>Whether each time is at or after the one before.</summary>
    public bool IsAscending { get; private set; } = true;

    /// <summary>Whether no value repeats. Only known for a column that was searched whole.</summary>
    public bool IsUnique => keys is not null && Present > 0;

    public void Add(Cell cell)
    {
        if (cell.Text is not { } text)
        {
            return;
        }

        Present++;
        Nested += cell.Kind == CellKind.Nested ? 1 : 0;
        Texts += cell.Kind == CellKind.Text ? 1 : 0;
        Booleans += cell.Kind == CellKind.Boolean || (cell.Kind == CellKind.Untyped && IsFlag(text)) ? 1 : 0;
        var value = Value.FromText(text);
        Frequent.Add(value);
        Distinct.Add(value);
        Shortest = Math.Min(Shortest, text.Length);
        Longest = Math.Max(Longest, text.Length);
        if (keys is not null && (!keys.Add(hash.Of(MemoryMarshal.AsBytes(text.AsSpan()))) || keys.Count > MostKeys))
        {
            keys = null;
        }

        if (cell.Kind is CellKind.Untyped or CellKind.Number && AddNumber(text))
        {
            return;
        }

        AddText(text);
    }

    /// <summary>Of a form that nothing has but what tells who somebody is.</summary>
    public static bool IsPersonal(string text) => Email().IsMatch(text) || Phone().IsMatch(text) || SocialNumber().IsMatch(text);

    private static bool IsFlag(string text) => text.Equals("true", StringComparison.OrdinalIgnoreCase) || text.Equals("false", StringComparison.OrdinalIgnoreCase);

    private bool AddNumber(string text)
    {
        if (!WrittenNumber.TryRead(text, out var number, out var whole, out var isExact))
        {
            return false;
        }

        Numeric++;
        Numbers += isExact ? 1 : 0;
        Wholes += whole is null ? 0 : 1;
        Pointed += text.Contains('.', StringComparison.Ordinal) ? 1 : 0;
        LeadingZeros += WrittenNumber.HasLeadingZero(text) ? 1 : 0;
        Min = Math.Min(Min, number);
        Max = Math.Max(Max, number);
        Quantiles.Add(number);
        return true;
    }

    private void AddText(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            Blanks++;
            return;
        }

        Nullish += NullWords.Contains(text.Trim(), StringComparer.Ordinal) ? 1 : 0;
        Padded += char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]) ? 1 : 0;
        var forms = WrittenTime.FormsOf(text);
        foreach (var form in forms)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(times, form, out _)++;
        }

        if (forms.Count > 0 && forms[0].TryRead(text, out var micros))
        {
            IsAscending &= micros >= previousTime;
            previousTime = micros;
            FirstTime = Math.Min(FirstTime, micros);
            LastTime = Math.Max(LastTime, micros);
        }
        else
        {
            Emails += Email().IsMatch(text) ? 1 : 0;
            Phones += Phone().IsMatch(text) ? 1 : 0;
            SocialNumbers += SocialNumber().IsMatch(text) ? 1 : 0;
            FullNames += FullName().IsMatch(text) ? 1 : 0;
        }
    }

    [GeneratedRegex(@"^[^@\s]{1,64}@[^@\s]{1,190}\.[A-Za-z]{2,24}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Email();

    [GeneratedRegex(@"^(\+[0-9][0-9 ()./-]{7,18}|\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Phone();

    [GeneratedRegex(@"^[0-9]{3}-[0-9]{2}-[0-9]{4}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SocialNumber();

    [GeneratedRegex(@"^\p{Lu}[\p{Ll}'’-]{1,40}( (\p{Lu}\.|\p{Lu}[\p{Ll}'’-]{1,40}|van|von|de|der|den|da|di|del|la|le|el|bin|al)){0,3} \p{Lu}[\p{L}'’-]{1,40}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex FullName();
}
