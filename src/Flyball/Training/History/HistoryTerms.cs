using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Windows;
using Flyball.Features.History;
using Microsoft.AspNetCore.Http;

namespace Flyball.Training.History;

/// <summary>The words of a request's query, read to what they mean.</summary>
internal static class HistoryTerms
{
    public const string AsKnown = "as_known";
    public const string AsCorrected = "as_corrected";
    public const string SimulatedDelay = "simulated_delay";

    private static readonly string[] Single = ["model", "horizon", "mode", "bucket", "statuses", "allow_empty", "format"];

    /// <exception cref="FlyballException">FLY3170: a word is not one of those there are. FLY3178: one that has one value was given twice.</exception>
    public static HistoryRequest Read(IQueryCollection query)
    {
        if (Array.Find(Single, name => query[name].Count > 1) is { } twice)
        {
            throw new FlyballException(new Problem("FLY3178", $"{twice} was given more than once.", new ProblemLocation(Field: twice), "Give it once: nobody could tell which of them was meant."));
        }

        string[] views = [.. query["view"].OfType<string>()];
        var model = query["model"].FirstOrDefault();
        if (views.Length == 0 == model is null)
        {
            throw Refuse("view", "Neither or both of views and a model were named.", "Name one view or more, or one model.");
        }

        var (mode, delay) = Mode(query["mode"].FirstOrDefault() ?? AsKnown);
        var bucket = EntityBucket.Whole;
        if (query["bucket"].FirstOrDefault() is { } part && !EntityBucket.TryParse(part, out bucket))
        {
            throw Refuse("bucket", "The bucket is not I/N with 0 <= I < N.", string.Create(CultureInfo.InvariantCulture, $"Write 0/4 for the first of four; N is at most {EntityBucket.Most}."));
        }

        var format = query["format"].FirstOrDefault() ?? "parquet";
        if (format is not ("parquet" or "csv") || (format == "csv" && !bucket.IsWhole))
        {
            throw Refuse("format", "The format is neither parquet nor csv, or a bucket was asked for as csv.", "Write parquet; features concat makes one file of all buckets, of either form.");
        }

        return new HistoryRequest
        {
            Views = [.. views.Distinct(StringComparer.Ordinal)],
            Model = model,
            Horizon = Horizon(query["horizon"].FirstOrDefault()),
            Mode = mode,
            SimulatedDelayMicros = delay,
            Bucket = bucket,
            Statuses = IsTrue(query, "statuses"),
            AllowsEmpty = IsTrue(query, "allow_empty"),
            Format = format,
        };
    }

    public static string WordOf(VisibilityMode mode) => mode switch
    {
        VisibilityMode.AsCorrected => AsCorrected,
        VisibilityMode.SimulatedDelay => SimulatedDelay,
        _ => AsKnown,
    };

    public static FlyballException Refuse(string field, string what, string remedy) => new(new Problem("FLY3170", what, new ProblemLocation(Field: field), remedy));

    private static bool IsTrue(IQueryCollection query, string name) => query[name].FirstOrDefault() switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw Refuse(name, $"{name} is neither true nor false.", "Write true, or leave it out."),
    };

    private static long? Horizon(string? text) => text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq
        : throw Refuse("horizon", "The horizon is no position of the log.", "Write a whole number from 0 up, as answers state it.");

    private static (VisibilityMode Mode, long DelayMicros) Mode(string text)
    {
        switch (text)
        {
            case AsKnown:
                return (VisibilityMode.AsKnown, 0);
            case AsCorrected:
                return (VisibilityMode.AsCorrected, 0);
        }

        if (text.StartsWith(SimulatedDelay + "=", StringComparison.Ordinal) && DurationText.TryParse(text[(SimulatedDelay.Length + 1)..], out var micros) && micros >= 0)
        {
            return (VisibilityMode.SimulatedDelay, micros);
        }

        throw Refuse("mode", "The mode is none of those there are.", "Write as_known, as_corrected or simulated_delay=D with a duration such as 2h.");
    }
}
