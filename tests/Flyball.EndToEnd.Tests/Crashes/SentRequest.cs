using System.Globalization;

namespace Flyball.EndToEnd.Tests.Crashes;

/// <summary>A request for payments with consecutive ids, made so that sending it again is sending the same bytes.</summary>
internal sealed record SentRequest(long FirstId, int Rows, string? Key)
{
    public const int Customers = 8;

    private static readonly DateTime Yesterday = DateTime.UtcNow.Date.AddDays(-1);

    public string Body => Rows == 1 ? RowsText : $"[{RowsText}]";

    /// <summary>The rows with commas between them.</summary>
    public string RowsText => string.Join(',', Enumerable.Range(0, Rows).Select(i => Row(FirstId + i)));

    /// <summary>The server said that it is stored.</summary>
    public bool Acknowledged { get; set; }

    private static string Row(long id) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"payment_id":{{id}},"event_time":"{{Yesterday.AddMilliseconds(id % 80_000_000):yyyy-MM-ddTHH:mm:ss.fffZ}}","customer_id":{{id % Customers}},"amount":{{id % 97}}}""");
}
