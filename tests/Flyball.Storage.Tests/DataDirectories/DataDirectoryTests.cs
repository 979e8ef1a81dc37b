using System.Diagnostics;
using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Storage.DataDirectories;
using Flyball.Storage.TestKit;

namespace Flyball.Storage.Tests.DataDirectories;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_second_opener_is_refused_with_the_holders_process_and_address()
    {
        using (var directory = DataDirectory.Open(home["d"]))
        {
            var pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            var refused = Assert.Throws<FlyballException>(() => DataDirectory.Open(home["d"])).Problem;
            Assert.Equal("FLY2040", refused.Code);
            Assert.Contains($"process {pid}", refused.Message, StringComparison.Ordinal);
            directory.PublishEndpoint("http://127.0.0.1:7878");
            refused = Assert.Throws<FlyballException>(() => DataDirectory.Open(home["d"])).Problem;
            Assert.Contains("http://127.0.0.1:7878", refused.Message, StringComparison.Ordinal);
            Assert.Equal("http://127.0.0.1:7878", DataDirectory.TryReadHolder(home["d"])?.Url);
        }

        Assert.Null(DataDirectory.TryReadHolder(home["d"]));
        DataDirectory.Open(home["d"]).Dispose();
    }

    [Fact]
    public async Task A_lock_held_by_another_process_refuses_and_ends_with_that_process()
    {
        DataDirectory.Open(home["d"]).Dispose();
        Process? other = null;
        try
        {
            var start = new ProcessStartInfo("flock", [Path.Combine(home["d"], "flyball.lock"), "sh", "-c", "echo held; read line"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
                RedirectStandardInput = true,
            };
            try
            {
                other = Process.Start(start)!;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Assert.Skip("flock is not installed: the lock was not tried against another process.");
            }

            Assert.Equal("held", await other!.StandardOutput.ReadLineAsync(CancellationToken.None));
            Assert.Equal("FLY2040", Assert.Throws<FlyballException>(() => DataDirectory.Open(home["d"])).Problem.Code);
            other.StandardInput.Close();
            await other.WaitForExitAsync(CancellationToken.None);
            DataDirectory.Open(home["d"]).Dispose();
        }
        finally
        {
            other?.Dispose();
        }
    }

    [Fact]
    public void A_holder_file_left_by_a_killed_process_names_nobody()
    {
        DataDirectory.Open(home["d"]).Dispose();
        var pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(Path.Combine(home["d"], "flyball.holder"), $$"""{"ProcessId":{{pid}},"StartTick":1,"Url":"http://gone"}""");
        Assert.Null(DataDirectory.TryReadHolder(home["d"]));
        File.WriteAllText(Path.Combine(home["d"], "flyball.holder"), "half a fil");
        Assert.Null(DataDirectory.TryReadHolder(home["d"]));
        DataDirectory.Open(home["d"]).Dispose();
    }

    [Fact]
    public void Another_format_is_refused_and_the_lock_given_back()
    {
        DataDirectory.Open(home["d"]).Dispose();
        var format = Path.Combine(home["d"], "format");
        var written = File.ReadAllText(format);
        File.WriteAllText(format, "flyball 2\n");
        Assert.Equal("FLY2041", Assert.Throws<FlyballException>(() => DataDirectory.Open(home["d"])).Problem.Code);
        File.WriteAllText(format, written);
        DataDirectory.Open(home["d"]).Dispose();
    }

    [Fact]
    public void Keys_are_for_the_owner_only()
    {
        using var directory = DataDirectory.Open(home["d"]);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory.Keys));
        var all = new[] { directory.Events, directory.Predictions, directory.Lake, directory.Blobs, directory.CatalogFile, directory.Audit, directory.Keys, directory.Jobs };
        Assert.Equal(all.Length, all.Distinct(StringComparer.Ordinal).Count());
        Assert.All(all, p => Assert.StartsWith(directory.Root, p, StringComparison.Ordinal));
    }
}
