using System.Xml.Linq;
using Flyball.Architecture.Tests.Assemblies;

namespace Flyball.Architecture.Tests.Rules;

/// <summary>Unsafe code and functions of native libraries live in Flyball.Native alone.</summary>
internal static class NativeAccess
{
    public const string Home = "Flyball.Native";

    public static List<string> Violations(AssemblyFacts assembly)
    {
        List<string> violations = [.. from type in assembly.Types
                                      from function in type.NativeFunctions
                                      select $"{type.FullName} declares the native function {function}"];
        if (assembly.IsUnverifiable)
        {
            violations.Add($"{assembly.Name} is compiled with unsafe code");
        }

        return violations;
    }

    public static List<string> Violations(string project, XDocument projectFile) =>
        [.. projectFile.Descendants("AllowUnsafeBlocks")
            .Where(e => string.Equals(e.Value.Trim(), "true", StringComparison.OrdinalIgnoreCase)).Select(_ => $"{project} allows unsafe code")];
}
