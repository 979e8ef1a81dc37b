using System.Globalization;
using System.Text;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Serving;
using Flyball.Serving.Batches;

namespace Flyball.Tests.Serving.Batches;

/// <summary>Files through a model: what comes out, what is put aside, and that an interruption changes no byte.</summary>
public sealed class BatchScoringTests
{
    [Fact]
    public void A_file_gets_the_scores_that_live_requests_get()
    {
        using var world = new BatchWorld();
        var input = world.Csv("in.csv", 500);
        var result = world.Scoring.Run(BatchWorld.Small(input, world.File("out.parquet")), null, CancellationToken.None);
        Assert.Equal((500L, 500L, 0L, (string?)null), (result.Rows, result.Scored, result.Rejected, result.RejectedFile));
        var rows = BatchWorld.Rows($"SELECT * FROM read_parquet('{world.File("out.parquet")}')");
        Assert.Equal(500, rows.Count);
        var plan = new TrafficPlan("fraud", world.Version);
        foreach (var row in (int[])[1, 8, 9, 48, 49, 500])
        {
            var request = RequestRow.Read(plan, Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"transaction_id":{{row}},"event_time":"2018-05-01T12:00:00Z","customer_id":1,"terminal_id":1,"amount":{{BatchWorld.Amount(row)}}}""")), out var problems);
            Assert.Null(problems);
            var vector = new Value[world.Version.Vector.Columns.Count];
            world.Version.Vector.Complete(request.Values, [], new Value[world.Version.Vector.ScratchWidth], vector);
            var live = world.Version.Scorer.ScoreOne(vector).Calibrated;
            var decision = world.Version.Rules.Decide(live)!;
            Assert.Equal([row.ToString(CultureInfo.InvariantCulture), live.ToString("R", CultureInfo.InvariantCulture), decision, "3", world.Version.Digest.Hex], rows[row - 1]);
        }

        Assert.Equal(["in.csv", "out.parquet"], world.Files);
    }

    [Theory]
    [InlineData("out.parquet")]
    [InlineData("out.csv")]
    public void An_interrupted_scoring_goes_on_to_the_same_bytes(string name)
    {
        using var world = new BatchWorld();
        var input = world.Csv("in.csv", 1_000, 3, 100, 101, 990);
        var whole = world.File("whole" + Path.GetExtension(name));
        world.Scoring.Run(BatchWorld.Small(input, whole), null, CancellationToken.None);
        var output = world.File(name);
        var terms = BatchWorld.Small(input, output);
        var skipped = new List<long>();
        for (var stops = 0; !File.Exists(output); stops++)
        {
            using var stop = new CancellationTokenSource();
            var first = true;
            try
            {
                skipped.Add(world.Scoring.Run(
                    terms with { Resumes = stops > 0 },
                    step =>
                    {
                        // Between a checkpoint and the batch behind it: what is not covered is done again.
                        if (step.IsCheckpoint && !first)
                        {
                            stop.Cancel();
                        }

                        first &= !step.IsCheckpoint;
                        if (step.IsCheckpoint && stops == 1)
                        {
                            // What a kill leaves behind: a part without its mark.
                            File.WriteAllText(Path.Combine(output + ".part", "scored-000007" + Path.GetExtension(name)), "torn");
                        }
                    },
                    stop.Token).Skipped);
            }
            catch (OperationCanceledException)
            {
                Assert.False(File.Exists(output));
            }

            Assert.True(stops < 30);
        }

        Assert.True(skipped[^1] > 0);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(output));
        Assert.Equal(File.ReadAllBytes(Path.ChangeExtension(whole, ".rejected" + Path.GetExtension(name))), File.ReadAllBytes(Path.ChangeExtension(output, ".rejected" + Path.GetExtension(name))));
        Assert.False(Directory.Exists(output + ".part"));
    }

    [Fact]
    public void Bad_rows_are_put_aside_with_their_place_and_reason_and_without_their_values()
    {
        using var world = new BatchWorld();
        var input = world.Csv("in.csv", 120, 5, 77);
        File.AppendAllText(input, "121,2018-05-01T12:00:00Z,1,1\n122,yesterday,1,1,5\n");
        var result = world.Scoring.Run(BatchWorld.Small(input, world.File("out.csv")), null, CancellationToken.None);
        Assert.Equal((122L, 118L, 4L), (result.Rows, result.Scored, result.Rejected));
        var text = File.ReadAllText(result.RejectedFile!);
        Assert.DoesNotContain("777", text, StringComparison.Ordinal);
        Assert.DoesNotContain("yesterday", text, StringComparison.Ordinal);
        var rows = BatchWorld.Rows($"SELECT row, line, code, field FROM read_csv('{result.RejectedFile}')");
        Assert.Equal(["5", "6", "FLY3103", "amount"], rows[0]);
        Assert.Equal(["77", "78", "FLY3103", "amount"], rows[1]);
        Assert.Equal(["121", "122", "FLY3112", ""], rows[2]);
        Assert.Equal(["122", "123", "event_time"], [rows[3][0], rows[3][1], rows[3][3]]);
    }

    [Fact]
    public void Parquet_and_text_of_the_same_rows_get_the_same_result()
    {
        using var world = new BatchWorld();
        var csv = world.Csv("in.csv", 300, 44);
        var parquet = world.Parquet(csv, "in.parquet");
        var one = world.Scoring.Run(BatchWorld.Small(csv, world.File("a.parquet")) with { Columns = [BatchTerms.All] }, null, CancellationToken.None);
        var two = world.Scoring.Run(BatchWorld.Small(parquet, world.File("b.parquet")) with { Columns = [BatchTerms.All] }, null, CancellationToken.None);
        Assert.Equal((299L, one.Sha256), (two.Scored, two.Sha256));
        Assert.Equal("transaction_id,event_time,customer_id,terminal_id,amount,score,decision,model_version,digest", string.Join(',', BatchWorld.Rows($"SELECT name FROM parquet_schema('{world.File("a.parquet")}') OFFSET 1").Select(r => r[0])));
    }

    [Fact]
    public void A_strict_scoring_refuses_the_file_at_its_first_bad_row_and_leaves_nothing()
    {
        using var world = new BatchWorld();
        var input = world.Csv("in.csv", 300, 130, 200);
        var refused = Assert.Throws<FlyballException>(() => world.Scoring.Run(BatchWorld.Small(input, world.File("out.parquet")) with { IsStrict = true }, null, CancellationToken.None));
        Assert.Equal(("FLY5023", "in.csv", 131, "amount"), (refused.Problem.Code, refused.Problem.Where!.File, refused.Problem.Where.Line, refused.Problem.Where.Field));
        Assert.Equal(["in.csv"], world.Files);
    }

    [Fact]
    public void Rows_without_a_finite_score_are_put_aside()
    {
        using var world = new BatchWorld(weight: float.NaN);
        var result = world.Scoring.Run(BatchWorld.Small(world.Csv("in.csv", 20), world.File("out.csv")), null, CancellationToken.None);
        Assert.Equal((0L, 20L), (result.Scored, result.Rejected));
        Assert.All(BatchWorld.Rows($"SELECT code FROM read_csv('{result.RejectedFile}')"), r => Assert.Equal("FLY5025", r[0]));
    }

    [Fact]
    public void Neither_the_input_nor_a_folder_of_somebody_else_is_overwritten()
    {
        using var world = new BatchWorld();
        Assert.Equal("FLY5020", Refused(world, BatchWorld.Small(world.Csv("out.rejected.csv", 3), world.File("out.csv"))).Code);

        var notes = Path.Combine(Directory.CreateDirectory(world.File("mine.csv") + ".part").FullName, "notes.txt");
        File.WriteAllText(notes, "keep");
        Assert.Equal("FLY5024", Refused(world, BatchWorld.Small(world.Csv("in.csv", 3), world.File("mine.csv"))).Code);
        Assert.Equal("keep", File.ReadAllText(notes));
    }

    [Fact]
    public void A_second_scoring_of_the_same_name_does_not_work_beside_the_first()
    {
        using var world = new BatchWorld();
        var terms = BatchWorld.Small(world.Csv("in.csv", 200), world.File("out.csv"));
        var refused = new System.Collections.Concurrent.ConcurrentBag<string>();
        var result = world.Scoring.Run(terms, _ => refused.Add(Refused(world, terms with { Resumes = true }).Message), CancellationToken.None);
        Assert.Equal(200, result.Scored);
        Assert.NotEmpty(refused);
        Assert.All(refused, m => Assert.Contains("at work", m, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_changes_while_it_is_scored_gives_no_result()
    {
        using var world = new BatchWorld();
        var terms = BatchWorld.Small(world.Csv("in.csv", 200), world.File("out.csv"));
        var problem = Assert.Throws<FlyballException>(() => world.Scoring.Run(terms, _ => File.SetLastWriteTimeUtc(terms.Input, DateTime.UnixEpoch), CancellationToken.None)).Problem;
        Assert.Equal(("FLY5024", true), (problem.Code, problem.Message.Contains("changed", StringComparison.Ordinal)));
        Assert.False(File.Exists(terms.Output));
        Assert.False(Directory.Exists(terms.Output + ".part"));
    }

    [Fact]
    public void What_was_begun_is_neither_forgotten_nor_mixed_with_another_scoring()
    {
        using var world = new BatchWorld();
        var terms = BatchWorld.Small(world.Csv("in.csv", 400), world.File("out.csv"));
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => world.Scoring.Run(terms, _ => stop.Cancel(), stop.Token));
        Assert.Equal("FLY5024", Refused(world, terms).Code);
        Assert.Contains("batch", Refused(world, terms with { Resumes = true, BatchRows = 9 }).Message, StringComparison.Ordinal);
        Assert.Contains("columns", Refused(world, terms with { Resumes = true, Columns = ["amount"] }).Message, StringComparison.Ordinal);
        world.Csv("in.csv", 401);
        Assert.Contains("input", Refused(world, terms with { Resumes = true }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_scored_is_refused_before_anything_is_written()
    {
        using var world = new BatchWorld();
        var input = world.Csv("in.csv", 3);
        Assert.Equal("FLY5020", Code(BatchWorld.Small(input, world.File("out.txt"))));
        Assert.Equal("FLY5020", Code(BatchWorld.Small(input, input)));
        Assert.Equal("FLY5020", Code(BatchWorld.Small(input, world.File("out.csv")) with { BatchRows = 0 }));
        Assert.Equal("FLY5021", Code(BatchWorld.Small(input, world.File("out.csv")) with { Columns = ["nobody"] }));
        Assert.Equal("FLY5021", Code(BatchWorld.Small(input, world.File("out.csv")) with { Columns = ["amount", "amount"] }));
        Assert.Equal("FLY3004", Code(BatchWorld.Small(world.File("absent.csv"), world.File("out.csv"))));
        using var looking = new BatchWorld(BatchWorld.Looking);
        Assert.Equal("FLY5022", Assert.Throws<FlyballException>(() => looking.Scoring.Run(BatchWorld.Small(input, world.File("out.csv")), null, CancellationToken.None)).Problem.Code);
        Assert.Equal(["in.csv"], world.Files);

        string Code(BatchTerms terms) => Assert.Throws<FlyballException>(() => world.Scoring.Run(terms, null, CancellationToken.None)).Problem.Code;
    }

    [Fact]
    public void A_file_without_rows_has_a_result_without_rows()
    {
        using var world = new BatchWorld();
        var result = world.Scoring.Run(BatchWorld.Small(world.Csv("in.csv", 0), world.File("out.csv")), null, CancellationToken.None);
        Assert.Equal((0L, "transaction_id,score,decision,model_version,digest\n"), (result.Rows, File.ReadAllText(world.File("out.csv"))));
    }

    private static Problem Refused(BatchWorld world, BatchTerms asked) => Assert.Throws<FlyballException>(() => world.Scoring.Run(asked, null, CancellationToken.None)).Problem;
}
