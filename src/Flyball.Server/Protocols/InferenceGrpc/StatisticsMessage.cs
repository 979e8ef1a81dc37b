using System.Globalization;
using Flyball.Server.Protocols.OpenInference;
using Flyball.Serving;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>Writes <c>ModelStatisticsResponse</c>.</summary>
internal static class StatisticsMessage
{
    public static WireWriter Of(IEnumerable<VersionOfModel> versions)
    {
        var answer = new WireWriter();
        foreach (var version in versions)
        {
            answer.Message(1, Of(version));
        }

        return answer;
    }

    private static WireWriter Of(VersionOfModel version)
    {
        var figures = version.Figures;
        var sums = new WireWriter()
            .Message(1, Duration(figures.Answered))
            .Message(2, Duration(figures.Unanswered))
            .Message(3, Duration(figures.Queued))
            .Message(4, Duration(figures.Features))
            .Message(5, Duration(figures.Scoring))
            .Message(6, Duration(default))
            .Message(7, Duration(figures.Cached));
        var message = new WireWriter()
            .Text(1, version.Model)
            .Text(2, version.Version.ToString(CultureInfo.InvariantCulture))
            .Whole(3, figures.LastMillis)
            .Whole(4, figures.Rows)
            .Whole(5, figures.Calls)
            .Message(6, sums);
        foreach (var batch in figures.Batches)
        {
            message.Message(7, new WireWriter().Whole(1, batch.Rows).Message(2, Duration(default)).Message(3, Duration(batch.Scoring)).Message(4, Duration(default)));
        }

        return message;
    }

    private static WireWriter Duration(DurationFigure figure) => new WireWriter().Whole(1, figure.Count).Whole(2, figure.Nanos);
}
