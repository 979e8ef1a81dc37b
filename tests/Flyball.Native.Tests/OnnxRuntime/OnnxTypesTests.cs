using Flyball.Native.OnnxRuntime;

namespace Flyball.Native.Tests.OnnxRuntime;

/// <summary>Values of every type go in and come out as they are.</summary>
public sealed class OnnxTypesTests
{
    [Fact]
    public void Numbers_and_flags_of_every_type_come_back_as_they_went()
    {
        Same<float>(1, [float.MinValue, -0f, float.NaN, float.PositiveInfinity]);
        Same<double>(11, [double.Epsilon, 0.1, double.NaN, double.NegativeInfinity]);
        Same<long>(7, [long.MinValue, -1, 0, long.MaxValue]);
        Same<int>(6, [int.MinValue, -1, 0, int.MaxValue]);
        Same<short>(5, [short.MinValue, -1, 0, short.MaxValue]);
        Same<sbyte>(3, [sbyte.MinValue, -1, 0, sbyte.MaxValue]);
        Same<ulong>(13, [0, 1, 2, ulong.MaxValue]);
        Same<uint>(12, [0, 1, 2, uint.MaxValue]);
        Same<ushort>(4, [0, 1, 2, ushort.MaxValue]);
        Same<byte>(2, [0, 1, 2, byte.MaxValue]);
        Same(9, [true, false, false, true]);
        Same(10, [(Half)0.5f, Half.NaN, Half.MaxValue, (Half)(-0f)]);
    }

    [Fact]
    public void Texts_come_back_whole_with_nuls_and_characters_of_every_length() =>
        Same(8, ["", "\0", "A\0A\0", "naïve 漢字 🙂"]);

    [Fact]
    public void No_rows_are_a_tensor_too()
    {
        using var session = OnnxSession.Load(OnnxModelWriter.Identity(8, null, 2));
        var found = Assert.IsType<RuntimeTensor>(session.Run(Given(RuntimeTensor.Of<string>([], 0, 2)))["y"]);
        Assert.Equal((0, OnnxElementType.Text), (found.Count, found.ElementType));
        Assert.Equal([0, 2], found.Shape);
    }

    [Fact]
    public void A_run_that_is_given_the_wrong_thing_says_what_the_model_takes()
    {
        using var session = OnnxSession.Load(OnnxModelWriter.Identity(1, null, 2));
        Refused(session, RuntimeTensor.Of<double>([1, 2], 1, 2), "The input x Float[-1, 2] was given Double.");
        Refused(session, RuntimeTensor.Of<float>([1, 2, 3], 1, 3), "The input x Float[-1, 2] was given the shape [1, 3].");
        Refused(session, RuntimeTensor.Of<float>([1, 2], 2), "The input x Float[-1, 2] was given the shape [2].");
        Assert.Contains("was not given", Assert.Throws<OnnxRuntimeException>(() => session.Run(new Dictionary<string, RuntimeTensor>())).Message, StringComparison.Ordinal);
        var unknown = new Dictionary<string, RuntimeTensor> { ["z"] = RuntimeTensor.Of<float>([1, 2], 1, 2) };
        Assert.Contains("no input z", Assert.Throws<OnnxRuntimeException>(() => session.Run(unknown)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_whose_values_do_not_fill_its_shape_is_not_made()
    {
        Assert.Throws<ArgumentException>(() => RuntimeTensor.Of<float>([1, 2, 3], 2, 2));
        Assert.Throws<ArgumentException>(() => RuntimeTensor.Of<float>([1, 2], -1, -2));
        Assert.Throws<ArgumentException>(() => RuntimeTensor.Of<decimal>([1], 1));
    }

    [Fact]
    public void Values_are_not_read_as_another_type()
    {
        Assert.Throws<InvalidCastException>(() => RuntimeTensor.Of<uint>([1], 1).Values<int>());
        Assert.Throws<InvalidCastException>(() => RuntimeTensor.Of(["1"], 1).NumberAt(0));
    }

    [Fact]
    public void A_binding_of_a_fixed_batch_runs_just_that_many_rows()
    {
        using var session = OnnxSession.Load(OnnxModelWriter.Identity(1, 3, 2));
        using var binding = session.Bind(8);
        binding.Run(3);
        var error = Assert.Throws<OnnxRuntimeException>(() => binding.Run(1));
        Assert.Contains("exactly 3 rows at a time and was given 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_that_was_disposed_runs_nothing()
    {
        var session = OnnxSession.Load(OnnxModelWriter.Identity(1, null, 2));
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Run(Given(RuntimeTensor.Zeros(OnnxElementType.Float, 1, 2))));
    }

    private static void Same<T>(int elementType, T[] values)
    {
        using var session = OnnxSession.Load(OnnxModelWriter.Identity(elementType, null, 2));
        var found = Assert.IsType<RuntimeTensor>(session.Run(Given(RuntimeTensor.Of(values, 2, 2)))["y"]);
        Assert.Equal((elementType, values.Length), ((int)found.ElementType, found.Count));
        Assert.Equal([2, 2], found.Shape);
        Assert.Equal(values, found.Values<T>().ToArray());
    }

    private static void Refused(OnnxSession session, RuntimeTensor given, string message) =>
        Assert.Equal(message, Assert.Throws<OnnxRuntimeException>(() => session.Run(Given(given))).Message);

    private static Dictionary<string, RuntimeTensor> Given(RuntimeTensor x) => new(StringComparer.Ordinal) { ["x"] = x };
}
