using Flyball.Engine.Expressions;
using Flyball.Native.OnnxRuntime;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Onnx;

namespace Flyball.Tests.Training.Onnx;

/// <summary>Buffers of the runtime: as many as rows are scored at once, and none released under a row that is being scored.</summary>
public sealed class OnnxBindingsTests
{
    [Fact]
    public void Threads_that_come_and_go_leave_no_buffers_behind()
    {
        using var project = new FraudProject();
        using var scorer = BundleScorer.Load(Bundle(project));
        var vector = new Value[scorer.Manifest.Features.Count];
        Array.Fill(vector, Value.FromNumber(1));
        for (var i = 0; i < 20; i++)
        {
            var thread = new Thread(() => Assert.True(scorer.ScoreOne(vector).IsFinite));
            thread.Start();
            thread.Join();
        }

        Assert.Equal(1, scorer.Buffers);
    }

    [Fact]
    public void Rows_that_are_scored_at_once_have_buffers_of_their_own()
    {
        using var project = new FraudProject();
        using var session = Session(project);
        using var bindings = new OnnxBindings(session, 2);
        var (one, other) = (bindings.Take(), bindings.Take());

        Assert.NotSame(one, other);
        bindings.GiveBack(one);
        Assert.Same(one, bindings.Take());
        Assert.Equal(2, bindings.Made);
        bindings.GiveBack(one);
        bindings.GiveBack(other);
    }

    [Fact]
    public void A_buffer_in_use_outlives_its_model_and_is_released_when_it_is_given_back()
    {
        using var project = new FraudProject();
        var session = Session(project);
        var bindings = new OnnxBindings(session, 1);
        var (taken, free) = (bindings.Take(), bindings.Take());
        bindings.GiveBack(free);

        session.Dispose();
        bindings.Dispose();

        Assert.Throws<ObjectDisposedException>(() => free.Run(1));
        taken.Input.Clear();
        taken.Run(1);
        Assert.Equal(0.5f, taken.Output[0]);
        Assert.Throws<ObjectDisposedException>(bindings.Take);
        bindings.GiveBack(taken);
        Assert.Throws<ObjectDisposedException>(() => taken.Run(1));
    }

    /// <summary>While a model is let go rows are scored: each gives the right score, or says that the model is gone.</summary>
    [Fact]
    public void A_model_can_be_let_go_while_it_scores()
    {
        using var project = new FraudProject();
        var bundle = Bundle(project);
        for (var round = 0; round < 8; round++)
        {
            var scorer = BundleScorer.Load(bundle);
            var vector = new Value[scorer.Manifest.Features.Count];
            Array.Fill(vector, Value.FromNumber(1));
            var expected = scorer.ScoreOne(vector).Raw;
            using var begun = new CountdownEvent(2);
            Exception? wrong = null;
            Thread[] threads = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                begun.Signal();
                try
                {
                    while (true)
                    {
                        Assert.Equal(expected, scorer.ScoreOne(vector).Raw);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // It is gone.
                }
                catch (Exception e)
                {
                    wrong = e;
                }
            }))];
            foreach (var thread in threads)
            {
                thread.Start();
            }

            begun.Wait(TestContext.Current.CancellationToken);
            scorer.Dispose();
            foreach (var thread in threads)
            {
                thread.Join();
            }

            Assert.Null(wrong);
        }
    }

    private static ModelBundle Bundle(FraudProject project) => LinearBundle.Of(ProjectWorkspace.Load(project).Models["fraud"], 1, 0.01f);

    private static OnnxSession Session(FraudProject project) => OnnxSession.Load(Bundle(project)[ModelBundle.OnnxName].Span);
}
