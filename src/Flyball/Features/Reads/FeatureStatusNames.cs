using System.Text.Json;
using Flyball.Engine.Windows;

namespace Flyball.Features.Reads;

/// <summary>What a status is called outside.</summary>
public static class FeatureStatusNames
{
    private static readonly JsonEncodedText Present = JsonEncodedText.Encode("PRESENT");
    private static readonly JsonEncodedText NullValue = JsonEncodedText.Encode("NULL_VALUE");
    private static readonly JsonEncodedText NotFound = JsonEncodedText.Encode("NOT_FOUND");
    private static readonly JsonEncodedText OutsideMaxAge = JsonEncodedText.Encode("OUTSIDE_MAX_AGE");
    private static readonly JsonEncodedText OverCap = JsonEncodedText.Encode("OVER_CAP");

    public static JsonEncodedText Of(FeatureStatus status) => status switch
    {
        FeatureStatus.Present => Present,
        FeatureStatus.NullValue => NullValue,
        FeatureStatus.OutsideMaxAge => OutsideMaxAge,
        FeatureStatus.OverCap => OverCap,
        _ => NotFound,
    };
}
