using System.Globalization;
using System.Text.RegularExpressions;

namespace Flyball.Training.Tracking;

/// <summary>How long and of what form things may be. The bounds are the protocol's.</summary>
public static partial class TrackingLimits
{
    public const int ParamValue = 6_000;
    public const int TagValue = 8_000;
    public const int ExperimentTagValue = 5_000;
    public const int Key = 250;
    public const int ExperimentName = 500;

    /// <summary>Checks a key of a metric, parameter or tag: what may stand in a path, and cannot climb out of one.</summary>
    public static void CheckKey(string what, string key, string field)
    {
        if (key.Length > Key)
        {
            throw TrackingProblems.Wrong(field, $"{what} key of {key.Length} characters exceeds the limit of {Key}. Invalid value for parameter '{field}' supplied.");
        }

        if (!KeyForm().IsMatch(key))
        {
            throw TrackingProblems.Wrong(field, $"Invalid value {Shown(key)} for parameter '{field}' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colons (:) and slashes (/).");
        }

        // A key names a file in some stores: it is the normal form of a relative path.
        if (key.StartsWith('/') || key.EndsWith('/') || key.Split('/').Any(s => s is "" or "." or ".."))
        {
            throw TrackingProblems.Wrong(field, $"Invalid value {Shown(key)} for parameter '{field}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such.");
        }
    }

    /// <summary>A tag: a good key, and a value that is cut at its limit as clients expect.</summary>
    public static KeyText Tag(KeyText tag, string field)
    {
        CheckKey("Tag", tag.Key, field);
        return tag.Value.Length > TagValue ? tag with { Value = Cut(tag.Value, TagValue) } : tag;
    }

    /// <summary>A parameter: a good key, and a value that is cut at its limit as clients expect.</summary>
    public static KeyText Param(KeyText param, string field)
    {
        CheckKey("Param", param.Key, field);
        return param.Value.Length > ParamValue ? param with { Value = Cut(param.Value, ParamValue) } : param;
    }

    public static void CheckLength(string field, string? value, int most)
    {
        if (value?.Length > most)
        {
            throw TrackingProblems.Wrong(field, string.Create(CultureInfo.InvariantCulture, $"'{field}' has {value.Length} characters, which exceeds the limit of {most}. Invalid value for parameter '{field}' supplied."));
        }
    }

    public static bool IsRunId(string id) => RunIdForm().IsMatch(id);

    private static string Cut(string value, int most) => value[..(char.IsHighSurrogate(value[most - 1]) ? most - 1 : most)];

    private static string Shown(string key) => $"\"{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex(@"^[/\w.\- :]*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex KeyForm();

    [GeneratedRegex(@"^[a-zA-Z0-9][\w-]{0,255}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex RunIdForm();
}
