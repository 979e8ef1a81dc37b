using Flyball.Architecture.Fixtures.Registry;

namespace Flyball.Architecture.Fixtures.Contracts;

/// <summary>Every way in which one type can use another, each in a type of its own.</summary>
public sealed class AheadByField
{
    private readonly Later? _later;

    public bool IsThere => _later is null;
}

public sealed class AheadByBase : Later;

[Later]
public sealed class AheadByAttribute;

public sealed class AheadByParameterAttribute
{
    public static int Take([Later] int given) => given;
}

public sealed class AheadByArgument
{
    public static bool Take(IReadOnlyDictionary<string, Later[]> given) => given is null;
}

public sealed class AheadByConstraint<T>
    where T : Later;

public sealed class AheadByCall
{
    public static int Read() => Later.Number;
}

public sealed class AheadByGenericCall
{
    public static object Read() => Activator.CreateInstance<Later>();
}

public sealed class AheadByClosure
{
    public static Func<int> Read() => () => Later.Number + 1;
}

public sealed class AheadByIterator
{
    public static IEnumerable<int> Read()
    {
        yield return Later.Number;
    }
}

public sealed class AheadByTypeOf
{
    public static Type Read() => typeof(Later);
}

public sealed class AheadByCatch
{
    public static int Read(Func<int> inner)
    {
        try
        {
            return inner();
        }
        catch (LaterException)
        {
            return 0;
        }
    }
}

public sealed class AheadByNestedType
{
    private sealed class Inner
    {
        public Later? Later { get; set; }
    }

    public static object Read() => new Inner();
}

public sealed class AheadBySwitch
{
    public static int Read(int which) => which switch
    {
        0 => 7,
        1 => 3,
        2 => 9,
        3 => 1,
        _ => Later.Number,
    };
}
