using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;
using Flyball.Tests.Training.Tasks;
using Flyball.Training.Trainers;

namespace Flyball.Tests.Training.Trainers;

/// <summary>Real programs that try to reach what is not theirs, and the same programs with nothing to hold them.</summary>
public sealed class ConfinedProgramTests : IDisposable
{
    private static readonly CommandLimits Limits = new(4L << 30, 60, 60, 5L << 20, 64);

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-confined-").FullName;

    public ConfinedProgramTests()
    {
        foreach (var name in (string[])["work/own", "hidden/keys", "outside"])
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        File.WriteAllText(Path.Combine(folder, "hidden/keys/key"), "a secret");
        File.WriteAllText(Path.Combine(folder, "outside/file"), "in the open\n");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_not_its_own_is_out_of_a_programs_reach()
    {
        Assert.SkipWhen(Landlock.Version < 6, "The kernel's Landlock does not do all of this.");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string[] attempts =
        [
            "echo x > $OUT/new", "echo x >> $OUT/file", "ln $OUT/file here", "mkdir $OUT/folder", "cat $HIDDEN/keys/key", "ls $HIDDEN", "kill -0 $PPID",
            "exec 3<>/dev/tcp/127.0.0.1/$PORT", "rm $OUT/file",
        ];
        var script = Fill(string.Join('\n', attempts.Select((attempt, i) => $"({attempt}) > /dev/null 2>&1 && echo reached {i}")) + "\ntrue", listener);

        Assert.DoesNotContain("reached", Run(script).Log, StringComparison.Ordinal);
        // The same without Landlock: it is that which refuses, not the script that fails.
        var free = Run(script, landlock: 0).Log;
        Assert.All(Enumerable.Range(0, attempts.Length), i => Assert.Contains($"reached {i}", free, StringComparison.Ordinal));
    }

    [Fact]
    public void What_it_needs_is_in_its_reach()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        const string script = "cat $OUT/file && echo x > /dev/null && head -c 4 /dev/urandom > here && mkdir a && mv here a/there && (exec 3<>/dev/tcp/127.0.0.1/$PORT) && test -r /proc/cpuinfo && echo all of it";

        var log = Run(Fill(script, listener), network: true).Log;

        Assert.Contains("in the open\nall of it", log, StringComparison.Ordinal);
        Assert.Contains(Landlock.Version > 0 ? $"confinement: landlock-{Landlock.Version}, TCP allowed" : "confinement: none", log, StringComparison.Ordinal);
    }

    [Fact]
    public void It_has_no_privileges_even_as_root() =>
        Assert.Contains("CapEff:\t0000000000000000\nNoNewPrivs:\t1", Run("grep -E 'CapEff|NoNewPrivs' /proc/self/status", landlock: 0).Log, StringComparison.Ordinal);

    [Fact]
    public void Where_it_cannot_be_shut_in_the_run_says_so_or_is_refused()
    {
        Assert.StartsWith("confinement: none", Run("true", landlock: 0).Log, StringComparison.Ordinal);

        Assert.Equal("FLY3396", Assert.Throws<FlyballException>(() => Run("true", landlock: 0, required: true)).Problem.Code);
        // TCP cannot be refused by this version, and is not asked to be by the second.
        Assert.Equal("FLY3396", Assert.Throws<FlyballException>(() => Run("true", landlock: 3, required: true)).Problem.Code);
    }

    [Theory]
    [InlineData("for i in 1 2 3 4 5 6 7 8 9; do head -c 900000 /dev/zero > f$i; done; sleep 60", "bytes or more in its folder, and 5242880 are allowed")]
    [InlineData("for i in 1 2 3 4 5 6 7 8 9; do head -c 900000 /dev/zero > f$i; done", "bytes or more in its folder, and 5242880 are allowed")]
    [InlineData("i=0; while [ $i -lt 70 ]; do mkdir d && cd d; i=$((i+1)); done", "more than 64 deep")]
    public void What_it_leaves_in_its_folder_is_limited(string script, string words)
    {
        var refused = Assert.Throws<FlyballException>(() => Run(script)).Problem;

        Assert.Equal("FLY3397", refused.Code);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_the_run_is_named_by_is_started()
    {
        var script = Path.Combine(folder, "outside/script.sh");
        File.WriteAllText(script, "echo the first");
        string[] run = ["sh", script, $"--other={Path.Combine(folder, "outside/file")}", "--seed=7", folder];
        var named = ProgramFiles.Of(run);

        Assert.Equal(["sh", script, $"--other={Path.Combine(folder, "outside/file")}"], named.Select(f => f.Name));
        Assert.All(named, f => Assert.True(f.Path.StartsWith('/') && f is { Size: > 0, Sha256.Length: 64 }));
        Assert.Contains("the first", Run(run, named).Log, StringComparison.Ordinal);
        File.WriteAllText(script, "echo the other");
        var refused = Assert.Throws<FlyballException>(() => Run(run, named)).Problem;
        Assert.Equal("FLY3395", refused.Code);
        Assert.Contains(script, refused.Message, StringComparison.Ordinal);
        File.Delete(script);
        Assert.Equal("FLY3395", Assert.Throws<FlyballException>(() => Run(run, named)).Problem.Code);
    }

    [Fact]
    public void Everything_beside_the_hidden_directory_is_granted_and_nothing_above_it()
    {
        var granted = ConfinedProgram.ReadableAround(Path.Combine(folder, "hidden"));

        Assert.Contains(Path.Combine(folder, "outside"), granted);
        Assert.Contains("/usr", granted);
        Assert.DoesNotContain(granted, g => $"{folder}/hidden/".StartsWith($"{g}/", StringComparison.Ordinal));
        Assert.DoesNotContain("/dev", granted);
        Assert.Contains("/tmp", ConfinedProgram.ReadableAround(null));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "each name once")]
    [InlineData("""{"a":NaN}""", "each name once")]
    [InlineData("""{"a":1e400}""", "no double holds")]
    [InlineData("""{"a":{"b":1}}""", "an object or a list")]
    [InlineData("""{"a":[1]}""", "an object or a list")]
    [InlineData("[1]", "no JSON object")]
    [InlineData("", "no JSON object")]
    [InlineData("{\"a\u0000", "no JSON object")]
    public void A_report_that_cannot_be_read_is_refused_with_its_reason(string json, string words)
    {
        File.WriteAllText(Path.Combine(folder, "metrics.json"), json);
        Refuses(words);
    }

    [Fact]
    public void A_report_that_is_no_file_of_texts_is_refused()
    {
        var file = Path.Combine(folder, "metrics.json");
        File.WriteAllBytes(file, [.. "{\"a"u8, 0xff, .. "\":1}"u8]);
        Refuses("not UTF-8");
        File.WriteAllBytes(file, new byte[(1 << 20) + 1]);
        Refuses("more than 1048576");
        File.Delete(file);
        File.CreateSymbolicLink(file, "/etc/hostname");
        Refuses("symbolic link");
        File.Delete(file);
        Assert.Empty(ProgramReport.Read(folder));
        File.WriteAllText(file, """{"a":1.5,"b":"text","c":null}""");
        Assert.Equal(1.5, Assert.Single(ProgramReport.Read(folder)).Value);
    }

    private void Refuses(string words)
    {
        var refused = Assert.Throws<FlyballException>(() => ProgramReport.Read(folder)).Problem;
        Assert.Equal("FLY3238", refused.Code);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    private string Fill(string script, TcpListener listener) => script
        .Replace("$OUT", Path.Combine(folder, "outside"), StringComparison.Ordinal)
        .Replace("$HIDDEN", Path.Combine(folder, "hidden"), StringComparison.Ordinal)
        .Replace("$PORT", ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private ProgramOutcome Run(string script, int? landlock = null, bool network = false, bool required = false) => Run(
        new CommandDefinition(["/bin/bash", "-c", script], [], Limits) { Network = network, RequiresConfinement = required }, landlock, null);

    private ProgramOutcome Run(string[] run, IReadOnlyList<ProgramFile> named) => Run(new CommandDefinition(run, [], Limits), null, named);

    private ProgramOutcome Run(CommandDefinition command, int? landlock, IReadOnlyList<ProgramFile>? named)
    {
        var place = new TrainerPlace(folder, Path.Combine(folder, "work"))
        {
            Confiner = TaskWorld.Program("run-confined"),
            HiddenDirectory = Path.Combine(folder, "hidden"),
            Landlock = landlock ?? Landlock.Version,
            Programs = named,
        };
        return new TrainingProgram(command, 1, place).Run(Path.Combine(folder, "work/own"));
    }
}
