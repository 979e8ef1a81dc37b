// The journal, the lock and the file modes under test are those of Linux and macOS.
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
