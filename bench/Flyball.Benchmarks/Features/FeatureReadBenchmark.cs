using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Flyball.Benchmarks.Features;

/// <summary>Feature values over HTTP on loopback with one kept connection, from request to the last byte of the answer: one entity with 250 features, 100 with 50.</summary>
internal static class FeatureReadBenchmark
{
    private const int Customers = 1_000;
    private const int EventsEach = 200;
    private const int Warm = 3_000;
    private const int PushRows = 5_000;

    private static readonly string[] Aggregates = ["count()", "sum(amount)", "mean(amount)", "min(amount)", "max(amount)"];

    /// <param name="arguments">Path of Flyball.Server.dll; the number of requests of each kind.</param>
    internal static async Task Run(string[] arguments)
    {
        var requests = arguments.Length > 1 ? int.Parse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture) : 50_000;
        var folder = Directory.CreateTempSubdirectory("flyball-reads-").FullName;
        try
        {
            WriteProject(folder);
            using var program = await ServedProgram.StartAsync(arguments[0], folder, Path.Combine(folder, "data"));
            using var http = new HttpClient { BaseAddress = program.Address };
            await PushAsync(http);
            var all = Enumerable.Range(0, 250).Select(i => $"\"wide:f{i}\"").ToList();
            var some = Enumerable.Range(0, 50).Select(i => $"\"narrow:f{i}\"").ToList();
            await MeasureAsync(program, http, "1 entity x 250 features", draw => Body(all, [draw.Next(Customers)]), requests);
            await MeasureAsync(program, http, "100 entities x 50 features", draw => Body(some, Enumerable.Range(0, 100).Select(_ => draw.Next(Customers))), requests / 5);
            await program.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Body(IEnumerable<string> features, IEnumerable<int> customers) =>
        Encoding.UTF8.GetBytes($$"""{"features":[{{string.Join(',', features)}}],"entities":{"customer_id":[{{string.Join(',', customers)}}] } }""");

    private static async Task MeasureAsync(ServedProgram program, HttpClient http, string what, Func<Random, byte[]> body, int requests)
    {
        var draw = new Random(7);
        var times = new List<double>(requests);
        var buffer = new byte[1 << 20];
        long bytes = 0;
        var processor = TimeSpan.Zero;
        for (var i = 0; i < requests + Warm; i++)
        {
            processor = i == Warm ? program.Processor : processor;
            using var content = new ByteArrayContent(body(draw));
            content.Headers.ContentType = new("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/get-online-features") { Content = content };
            var begun = Stopwatch.GetTimestamp();
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await using var answer = await response.Content.ReadAsStreamAsync();
            var length = 0;
            for (int read; (read = await answer.ReadAsync(buffer)) > 0; length += read)
            {
                // Read to the end: the last byte is what a caller waits for.
            }

            var micros = Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
            response.EnsureSuccessStatusCode();
            if (i >= Warm)
            {
                times.Add(micros);
                bytes = length;
            }
        }

        var served = (program.Processor - processor).TotalMicroseconds / requests;
        times.Sort();
        Print($"{what}: p50 {At(times, 0.5):N0} us, p99 {At(times, 0.99):N0} us, p99.9 {At(times, 0.999):N0} us, {requests / times.Sum() * 1e6:N0} requests/s one after the other, {bytes:N0} bytes an answer, {served:N0} us of the server's processor a request");
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    private static async Task PushAsync(HttpClient http)
    {
        var now = TimeProvider.System.GetUtcNow();
        for (var first = 0; first < Customers * EventsEach; first += PushRows)
        {
            var rows = Enumerable.Range(first, PushRows).Select(i => string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"transaction_id":{{i}},"event_time":"{{now.AddSeconds(-i * 10.0):yyyy-MM-ddTHH:mm:ss.fffZ}}","customer_id":{{i % Customers}},"terminal_id":1,"amount":{{i % 977 / 4.0}}}"""));
            using var content = new StringContent($"[{string.Join(',', rows)}]", Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(new Uri("/v1/events/transactions", UriKind.Relative), content);
            response.EnsureSuccessStatusCode();
        }
    }

    private static void WriteProject(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "contracts"));
        Directory.CreateDirectory(Path.Combine(folder, "features"));
        File.Copy(Path.Combine("examples", "fraud", "contracts", "transactions.odcs.yaml"), Path.Combine(folder, "contracts", "transactions.odcs.yaml"));
        File.WriteAllText(Path.Combine(folder, "flyball.yaml"), "name: wide\nowner: bench@example.com\ndescription: Many features of one entity\n");
        WriteView(folder, "wide", 250);
        WriteView(folder, "narrow", 50);
    }

    private static void WriteView(string folder, string name, int features)
    {
        var view = new StringBuilder().Append(CultureInfo.InvariantCulture, $"features: {name}\nentity: customer_id\nsource: transactions\nowner: bench@example.com\nfeatures:\n");
        for (var i = 0; i < features; i++)
        {
            view.Append(CultureInfo.InvariantCulture, $"  f{i}: {Aggregates[i % Aggregates.Length]} over {(i / Aggregates.Length) + 1}h\n");
        }

        File.WriteAllText(Path.Combine(folder, "features", $"{name}.yaml"), view.ToString());
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
