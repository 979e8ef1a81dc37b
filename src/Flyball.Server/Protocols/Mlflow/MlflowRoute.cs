using Flyball.Access;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>One call of the protocol. What deletes, moves an alias or a stage names the permission of its route under <c>/v1</c>: a protocol is no way round a permission.</summary>
/// <param name="Method">GET, POST, PATCH or DELETE.</param>
/// <param name="Path">Below the prefix, with a slash before it.</param>
/// <param name="Permission">What it needs.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Handle">Does it.</param>
internal sealed record MlflowRoute(string Method, string Path, Permission Permission, string Summary, Func<MlflowCall, Task<MlflowAnswer>> Handle)
{
    public static MlflowRoute Get(string path, string summary, Func<MlflowCall, MlflowAnswer> handle) =>
        new("GET", path, Permission.Read, summary, call => Task.FromResult(handle(call)));

    /// <summary>A question that comes with a body, and changes nothing.</summary>
    public static MlflowRoute Ask(string path, string summary, Func<MlflowCall, MlflowAnswer> handle) =>
        new("POST", path, Permission.Read, summary, call => Task.FromResult(handle(call)));

    public static MlflowRoute Post(string path, string summary, Func<MlflowCall, Task<MlflowAnswer>> handle) => new("POST", path, Permission.Build, summary, handle);

    public static MlflowRoute Patch(string path, string summary, Func<MlflowCall, Task<MlflowAnswer>> handle) => new("PATCH", path, Permission.Build, summary, handle);

    public static MlflowRoute Delete(string path, string summary, Func<MlflowCall, Task<MlflowAnswer>> handle) => new("DELETE", path, Permission.Build, summary, handle);
}
