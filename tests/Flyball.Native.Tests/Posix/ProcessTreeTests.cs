using System.Diagnostics;
using System.Globalization;
using Flyball.Native.Posix;

namespace Flyball.Native.Tests.Posix;

public sealed class ProcessTreeTests
{
    [Fact]
    public void Every_process_below_one_is_found_and_ended_but_the_spared()
    {
        using var root = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "setsid sh -c 'sleep 300 & wait' & sleep 300 & echo $!; wait"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        try
        {
            var spared = int.Parse(root.StandardOutput.ReadLine()!, NumberStyles.None, CultureInfo.InvariantCulture);
            Assert.True(SpinWait.SpinUntil(() => ProcessTree.Below(root.Id).Count == 3, TimeSpan.FromSeconds(20)));
            Assert.Contains(root.Id, ProcessTree.Below(Environment.ProcessId));

            var (ended, isEmpty) = ProcessTree.End(root.Id, new HashSet<int> { spared }, TimeSpan.FromSeconds(10));

            Assert.Equal((2, true), (ended, isEmpty));
            Assert.Equal([spared], ProcessTree.Below(root.Id));
        }
        finally
        {
            root.Kill(entireProcessTree: true);
        }
    }
}
