namespace Flyball.Architecture.Fixtures.Registry;

/// <summary>What a stage before this one must not name.</summary>
public class Later
{
    public static int Number { get; set; }

    public static T Make<T>()
        where T : new() => new();
}
