using System.Globalization;
using Flyball.Registry;
using Flyball.Serving;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>Tells who asks for a deprecated version by its number to move on: <c>Deprecation</c> (RFC 9745), <c>Sunset</c> (RFC 8594) and a link to the successor.</summary>
internal static class DeprecationHeaders
{
    /// <param name="plan">Of one version by its number.</param>
    /// <param name="successor">The version that answers by default; null when it is this one.</param>
    public static void Write(HttpContext context, TrafficPlan plan, int? successor)
    {
        if (context.RequestServices.GetService<ModelRegistry>()?.Deprecations.Find(plan.Model, plan.Champion.Version) is not { } told)
        {
            return;
        }

        var headers = context.Response.Headers;
        headers["Deprecation"] = string.Create(CultureInfo.InvariantCulture, $"@{told.Since.ToUnixTimeSeconds()}");
        if (told.Sunset is { } sunset)
        {
            headers["Sunset"] = sunset.ToString("R", CultureInfo.InvariantCulture);
        }

        if (successor is { } next)
        {
            headers.Link = string.Create(CultureInfo.InvariantCulture, $"</v2/models/{Uri.EscapeDataString(plan.Model)}/versions/{next}>; rel=\"successor-version\"");
        }
    }
}
