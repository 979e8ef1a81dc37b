using Flyball.Native.OnnxRuntime;

namespace Flyball.Native.Tests.OnnxRuntime;

public sealed class OnnxSessionTests
{
    private static readonly float[] Weights = [0.5f, -1f, 2f];

    [Fact]
    public void The_version_is_one_we_know() => Assert.StartsWith("1.", OnnxSession.LibraryVersion);

    [Fact]
    public void Inputs_and_outputs_are_described()
    {
        using var session = OnnxSession.Load(OnnxModelWriter.Logistic(Weights));
        var input = Assert.Single(session.Inputs);
        Assert.Equal(("x", OnnxElementType.Float), (input.Name, input.ElementType));
        Assert.Equal([-1, 3], input.Dimensions);
        var output = Assert.Single(session.Outputs);
        Assert.Equal("score Float[-1, 1]", output.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void One_row_scores_as_computed_by_hand(int outputRank)
    {
        using var session = OnnxSession.Load(OnnxModelWriter.Logistic(Weights, outputRank));
        using var binding = session.Bind(1);
        new[] { 1f, 2f, 0.25f }.CopyTo(binding.Input);
        binding.Run(1);
        Assert.Equal(Sigmoid(0.5 - 2 + 0.5), binding.Output[0], 1e-6);
    }

    [Fact]
    public void A_batch_scores_each_row_and_fewer_rows_only_those()
    {
        using var session = OnnxSession.Load(OnnxModelWriter.Logistic(Weights));
        using var binding = session.Bind(64);
        Assert.Equal((3, 64), (binding.Features, binding.MaxRows));
        for (var r = 0; r < 64; r++)
        {
            binding.Input[(r * 3) + 2] = r / 10f;
        }

        binding.Run(64);
        for (var r = 0; r < 64; r++)
        {
            Assert.Equal(Sigmoid(r / 5.0), binding.Output[r], 1e-6);
        }

        binding.Input[2] = -50f;
        binding.Input[3 + 2] = -50f;
        var third = binding.Output[2];
        binding.Run(2);
        Assert.Equal(0, binding.Output[0], 1e-6);
        Assert.Equal(0, binding.Output[1], 1e-6);
        Assert.Equal(third, binding.Output[2]);
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var session = OnnxSession.Load(OnnxModelWriter.Logistic(Weights));
        using var binding = session.Bind(16);
        for (var i = 0; i < 50; i++)
        {
            binding.Run(1);
            binding.Run(7);
            binding.Run(16);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            binding.Input[0] = i;
            binding.Run(1);
            binding.Run(7);
            binding.Run(16);
            _ = binding.Output[0];
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Threads_with_their_own_bindings_share_a_session()
    {
        using var session = OnnxSession.Load(OnnxModelWriter.Logistic(Weights));
        var wrong = 0;
        var threads = Enumerable.Range(1, 4).Select(t => new Thread(() =>
        {
            using var binding = session.Bind(1);
            for (var i = 0; i < 2000; i++)
            {
                binding.Input[2] = t;
                binding.Run(1);
                if (Math.Abs(binding.Output[0] - Sigmoid(2 * t)) > 1e-6)
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void A_binding_keeps_its_session()
    {
        var session = OnnxSession.Load(OnnxModelWriter.Logistic(Weights));
        using var binding = session.Bind(1);
        session.Dispose();
        binding.Run(1);
        Assert.Equal(0.5f, binding.Output[0]);
        Assert.Throws<ObjectDisposedException>(() => session.Bind(1));
    }

    [Fact]
    public void Bytes_that_are_no_model_are_refused()
    {
        Assert.Throws<OnnxRuntimeException>(() => OnnxSession.Load([]));
        Assert.Throws<OnnxRuntimeException>(() => OnnxSession.Load("not a model"u8));
        var cut = OnnxModelWriter.Logistic(Weights)[..^20];
        Assert.Throws<OnnxRuntimeException>(() => OnnxSession.Load(cut));
    }

    [Fact]
    public void Other_shapes_are_refused_by_name()
    {
        using var doubles = OnnxSession.Load(OnnxModelWriter.Logistic(Weights, elementType: 11));
        Assert.Contains("x Double[-1, 3]", Assert.Throws<OnnxRuntimeException>(() => doubles.Bind(1)).Message, StringComparison.Ordinal);
        using var unbounded = OnnxSession.Load(OnnxModelWriter.Logistic(new float[10_001], outputColumns: 10_001));
        Assert.Contains("score Float[-1, 10001]", Assert.Throws<OnnxRuntimeException>(() => unbounded.Bind(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_counts_out_of_range_are_refused()
    {
        using var session = OnnxSession.Load(OnnxModelWriter.Logistic(Weights));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Bind(0));
        var binding = session.Bind(4);
        Assert.Throws<ArgumentOutOfRangeException>(() => binding.Run(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => binding.Run(5));
        binding.Dispose();
        binding.Dispose();
        Assert.Throws<ObjectDisposedException>(() => binding.Run(1));
        Assert.Throws<ObjectDisposedException>(() => { _ = binding.Input; });
    }

    private static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));
}
