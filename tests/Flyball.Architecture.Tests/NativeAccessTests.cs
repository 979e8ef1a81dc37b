using System.Xml.Linq;
using Flyball.Architecture.Tests.Assemblies;
using Flyball.Architecture.Tests.Rules;

namespace Flyball.Architecture.Tests;

public sealed class NativeAccessTests
{
    [Fact]
    public void Only_Flyball_Native_is_unsafe_and_calls_libraries()
    {
        var others = Repository.Projects.Where(p => p != NativeAccess.Home).ToList();

        Assert.True(others.Count >= 5);
        foreach (var project in others)
        {
            Verdict.Clean(NativeAccess.Violations(Repository.Assembly(project)));
            Verdict.Clean(NativeAccess.Violations(project, Repository.ProjectFile(project)));
        }
    }

    [Fact]
    public void Unsafe_code_and_a_native_function_are_found()
    {
        var violations = NativeAccess.Violations(Repository.Fixtures());

        Assert.Contains(violations, v => v.Contains("CallsLibrary declares the native function", StringComparison.Ordinal));
        Assert.Contains("Flyball.Architecture.Fixtures is compiled with unsafe code", violations);
        Assert.Single(NativeAccess.Violations("X", XDocument.Parse("<Project><PropertyGroup><AllowUnsafeBlocks>True</AllowUnsafeBlocks></PropertyGroup></Project>")));
        Assert.NotEmpty(NativeAccess.Violations(NativeAccess.Home, Repository.ProjectFile(NativeAccess.Home)));
    }
}
