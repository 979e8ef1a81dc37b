using System.Globalization;
using Flyball.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Serving;

/// <summary>
/// Tells whoever asks for a deprecated model, or for a deprecated version by its number, to move on: <c>Deprecation</c> (RFC 9745), <c>Sunset</c> (RFC 8594) and a link to
/// the version that comes after. Over HTTP/2 they are the metadata that comes before a call's message.
/// </summary>
public static class DeprecationHeaders
{
    /// <summary>Writes what is to be told; nothing for most. Cost: two look-ups in memory.</summary>
    /// <param name="context">The response must not have begun.</param>
    /// <param name="plan">What answers: the model's plan, or that of one version by its number.</param>
    /// <param name="successor">The version that answers by default; null when it is this one, or none was asked for by number.</param>
    public static void Write(HttpContext context, TrafficPlan plan, int? successor = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        Write(context, context.RequestServices.GetService<ModelRegistry>(), plan, successor);
    }

    /// <summary>The same for whoever has the registry at hand.</summary>
    internal static void Write(HttpContext context, ModelRegistry? registry, TrafficPlan plan, int? successor = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (registry?.Deprecations is not { } deprecations
            || deprecations.ToldOf(plan.Model, plan.IsByName ? plan.Champion.Version : null) is not { } told)
        {
            return;
        }

        var headers = context.Response.Headers;
        headers["Deprecation"] = string.Create(CultureInfo.InvariantCulture, $"@{told.Since.ToUnixTimeSeconds()}");
        if (told.Sunset is { } sunset)
        {
            headers["Sunset"] = sunset.ToString("R", CultureInfo.InvariantCulture);
        }

        // Where all of a model is to be left, another of its versions is no way on.
        if (successor is { } next && deprecations.Find(plan.Model) is null)
        {
            headers.Link = string.Create(CultureInfo.InvariantCulture, $"</v2/models/{Uri.EscapeDataString(plan.Model)}/versions/{next}>; rel=\"successor-version\"");
        }
    }
}
