using System.Globalization;
using System.Text;
using Flyball.EndToEnd.Tests.Programs;

[assembly: AssemblyFixture(typeof(DeployedShop))]

namespace Flyball.EndToEnd.Tests.Programs;

/// <summary>
/// The shop with forty days of history and a trained champion, made once by the program itself and at rest. A test copies the
/// data directory before it starts anything on it.
/// </summary>
public sealed class DeployedShop : IAsyncLifetime
{
    private const int Days = 40;
    private const int PaymentsADay = 72;
    private const int Customers = 20;
    private const double Suspicious = 200;

    private readonly TemporaryFolder folder = new();

    public string Project => folder["project"];

    public string Data => folder["data"];

    public string PaymentsFile => folder["payments.csv"];

    public string ReportsFile => folder["reports.csv"];

    public async ValueTask InitializeAsync()
    {
        ShopProject.Write(Project);
        WriteHistory();
        await using var server = await FlyballServer.StartAsync(Project, Data);
        foreach (var (source, file) in (IEnumerable<(string, string)>)[("payments", PaymentsFile), ("reports", ReportsFile)])
        {
            await ExpectAsync(server, $"/v1/imports/{source}?known_at=event_time", await File.ReadAllTextAsync(file), "text/csv");
        }

        await ExpectAsync(server, "/v1/models/shop/train", "{}");
        await ExpectAsync(server, "/v1/models/shop/versions/1/approve", """{"reason":"the gates hold"}""");
        await ExpectAsync(server, "/v1/models/shop/deploy", """{"version":1}""");
        await server.StopAsync();
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task ExpectAsync(FlyballServer server, string path, string body, string type = "application/json")
    {
        var (status, answer) = await server.PostAsync(path, body, type);
        Assert.True(status == 200, $"{path}: {status} {answer.ToJsonString()}");
    }

    private void WriteHistory()
    {
        var draw = new Random(7);
        var start = DateTime.UtcNow.Date.AddDays(-Days);
        var payments = new StringBuilder("payment_id,event_time,customer_id,amount\n");
        var reports = new StringBuilder("payment_id,event_time,is_fraud\n");
        for (var id = 0; id < Days * PaymentsADay; id++)
        {
            var time = start.AddDays((double)id / PaymentsADay);
            var amount = Math.Round(draw.NextDouble() * 250, 2);
            payments.Append(CultureInfo.InvariantCulture, $"{id},{time:yyyy-MM-ddTHH:mm:ss.ffffffZ},{draw.Next(Customers)},{amount}\n");
            if (amount > Suspicious)
            {
                reports.Append(CultureInfo.InvariantCulture, $"{id},{time.AddHours(2):yyyy-MM-ddTHH:mm:ss.ffffffZ},1\n");
            }
        }

        File.WriteAllText(PaymentsFile, payments.ToString());
        File.WriteAllText(ReportsFile, reports.ToString());
    }
}
