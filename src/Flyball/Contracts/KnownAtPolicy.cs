namespace Flyball.Contracts;

/// <summary>Where a row's known-at comes from.</summary>
public readonly record struct KnownAtPolicy
{
    /// <summary>The word for <see cref="Assigned"/>.</summary>
    public const string NowWord = "now";

    /// <summary>The word for <see cref="EventTime"/>.</summary>
    public const string EventTimeWord = "event_time";

    private KnownAtPolicy(bool isEventTime, string? column) => (IsEventTime, Column) = (isEventTime, column);

    /// <summary>The log assigns it at append: the truth for live rows. The default.</summary>
    public static KnownAtPolicy Assigned => default;

    /// <summary>An import of history states that each row was known as soon as it was true.</summary>
    public static KnownAtPolicy EventTime => new(true, null);

    public bool IsEventTime { get; }

    /// <summary>The column of the file that holds each row's known-at, in the contract or beside it; else null.</summary>
    public string? Column { get; }

    /// <summary>An import of history brings each row's known-at in a column.</summary>
    public static KnownAtPolicy OfColumn(string name) => new(false, name);

    /// <summary>What <see cref="Parse"/> reads back.</summary>
    public string Word => IsEventTime ? EventTimeWord : Column ?? NowWord;

    /// <summary>Reads what a user writes: <c>now</c>, <c>event_time</c> or the name of a column. The two words win over columns of their names.</summary>
    public static KnownAtPolicy Parse(string? text) => text switch
    {
        null or "" or NowWord => Assigned,
        EventTimeWord => EventTime,
        _ => OfColumn(text),
    };
}
