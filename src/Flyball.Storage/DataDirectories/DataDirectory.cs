using System.Globalization;
using System.Text;
using System.Text.Json;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.DataDirectories;

/// <summary>The one directory that holds a workspace's state, and the lock that lets one process at a time have it.</summary>
public sealed class DataDirectory : IDisposable
{
    private const string LockName = "flyball.lock";
    private const string HolderName = "flyball.holder";
    private const string FormatName = "format";
    private const string Format = "flyball 1\n";

    private readonly SafeFileHandle held;

    private DataDirectory(string path, SafeFileHandle held) => (Root, this.held) = (path, held);

    public string Root { get; }

    /// <summary>Journal of ingested events.</summary>
    public string Events => In("events");

    /// <summary>Journal of predictions and outcomes.</summary>
    public string Predictions => In("predictions");

    /// <summary>Parquet files.</summary>
    public string Lake => In("lake");

    /// <summary>Contents by digest.</summary>
    public string Blobs => In("blobs");

    /// <summary>The embedded database's file.</summary>
    public string CatalogFile => In("catalog.db");

    /// <summary>The audit log, as it may be published.</summary>
    public string Audit => In("audit");

    /// <summary>Secret keys; readable by the owner only.</summary>
    public string Keys => KeysIn(Root);

    /// <summary>The same of a directory that another process may have open.</summary>
    public static string KeysIn(string path) => Path.Combine(path, "keys");

    /// <summary>Profiles of the sources by day; made again from the events where they are missing.</summary>
    public string Profiles => In("profiles");

    /// <summary>What the events brought about, as of a position: a start reads it instead of the events before. Made again where it is missing.</summary>
    public string Snapshots => In("snapshots");

    /// <summary>Indexes over the logs; made again where they are missing.</summary>
    public string Indexes => In("indexes");

    /// <summary>Feature values of training sets, for later runs over the same rows; computed again where they are missing.</summary>
    public string Datasets => In("datasets");

    /// <summary>Work of child processes.</summary>
    public string Jobs => In("jobs");

    /// <summary>Creates the directory where it is missing and takes its lock until disposal or the end of the process.</summary>
    /// <exception cref="FlyballException">FLY2040: another process has it, named with its address when it published one.
    /// FLY2041: it was written in another format.</exception>
    public static DataDirectory Open(string path)
    {
        var root = Path.GetFullPath(path);
        PosixFile.CreateDirectory(root);
        SafeFileHandle taken;
        try
        {
            taken = File.OpenHandle(Path.Combine(root, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException refused)
        {
            throw new FlyballException(Held(root), refused);
        }

        try
        {
            var directory = new DataDirectory(root, taken);
            directory.CheckFormat();
            PosixFile.CreateDirectory(directory.Keys);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(directory.Keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            directory.Publish(null);
            return directory;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Lets other processes find this one.</summary>
    public void PublishEndpoint(string url) => Publish(url);

    /// <summary>The running process that has the directory open; null when there is none. Does not touch the lock.</summary>
    public static DataDirectoryHolder? TryReadHolder(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(Path.Combine(path, HolderName));
            var holder = JsonSerializer.Deserialize<DataDirectoryHolder>(bytes);
            return holder is not null && StartOf(holder.ProcessId) == holder.StartTick ? holder : null;
        }
        catch (Exception absent) when (absent is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        if (!held.IsClosed)
        {
            File.Delete(In(HolderName));
            held.Dispose();
        }
    }

    private static Problem Held(string root)
    {
        var holder = TryReadHolder(root);
        var who = holder is null
            ? "another process"
            : string.Create(CultureInfo.InvariantCulture, $"process {holder.ProcessId}");
        var where = holder?.Url is { } url ? $", which answers at {url}" : "";
        return new(
            "FLY2040",
            $"The data directory is open in {who}{where}.",
            new ProblemLocation(root),
            "Talk to that process, stop it, or name another directory with --data.");
    }

    /// <summary>The kernel's start tick of a process: exact, unlike a start time, which each process computes from its own
    /// idea of when the machine booted. Null when there is no such process.</summary>
    private static long? StartOf(int processId)
    {
        const int FieldsBeforeStart = 19;
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return long.Parse(fields[FieldsBeforeStart], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void CheckFormat()
    {
        var file = In(FormatName);
        if (!File.Exists(file))
        {
            PosixFile.ReplaceFile(file, Encoding.UTF8.GetBytes(Format));
        }
        else if (File.ReadAllText(file) is { } seen && seen != Format)
        {
            throw new FlyballException(new Problem(
                "FLY2041",
                $"The data directory has the format '{seen.Trim()}', and this program writes '{Format.Trim()}'.",
                new ProblemLocation(file),
                "Run the version that wrote it, or name another directory with --data."));
        }
    }

    private void Publish(string? url)
    {
        var holder = new DataDirectoryHolder(Environment.ProcessId, StartOf(Environment.ProcessId) ?? 0, url);
        PosixFile.ReplaceFile(In(HolderName), JsonSerializer.SerializeToUtf8Bytes(holder));
    }

    private string In(string name) => Path.Combine(Root, name);
}
