using System.Diagnostics;
using System.Text;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Storage.Audit;
using Flyball.Storage.TestKit;

namespace Flyball.Storage.Tests.Audit;

public sealed class AuditLogTests : IDisposable
{
    private readonly TemporaryDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_log_grows_across_reopening_and_every_size_verifies()
    {
        var sizes = new[] { 0, 1, 2, 255, 256, 257, 300, 511, 512, 1300 };
        var roots = new List<AuditCheckpoint>();
        for (var i = 1; i < sizes.Length; i++)
        {
            await using var log = home.Log();
            Assert.Equal(sizes[i - 1], log.Size);
            await log.Fill(sizes[i - 1], sizes[i]);
            Assert.Equal(new AuditVerification(sizes[i], null), log.Verify());
            roots.Add(log.Checkpoint);
            foreach (var older in roots)
            {
                var proof = log.ConsistencyProof(older.Size, log.Size);
                Assert.True(MerkleTree.VerifyConsistency(older.Size, log.Size, older.Root, log.Checkpoint.Root, proof));
            }
        }

        await using var last = home.Log();
        var lines = last.Read(0, int.MaxValue).ToArray();
        Assert.Equal(1300, lines.Length);
        Assert.All(lines, line => Assert.Equal(line.Index, (long)line.ToJson()["index"]!));
        Assert.Equal([509, 510, 511, 512, 513], last.Read(509, 5).Select(l => l.Index));
        foreach (var index in new long[] { 0, 255, 256, 777, 1299 })
        {
            var proof = last.InclusionProof(index, 1300);
            Assert.True(MerkleTree.VerifyInclusion(MerkleTree.Leaf(lines[index].Bytes.Span), index, 1300, last.Checkpoint.Root, proof));
        }
    }

    [Fact]
    public async Task Each_receipt_is_covered_by_the_checkpoint_it_names_and_concurrent_appends_share_commits()
    {
        await using var log = home.Log();
        var receipts = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => log.AppendAsync(AuditKit.Entry(i), CancellationToken.None).AsTask()));
        Assert.Equal(Enumerable.Range(0, 400).Select(i => (long)i), receipts.Select(r => r.Index).Order());
        Assert.True(receipts.Select(r => r.Checkpoint.Size).Distinct().Count() < 200);
        foreach (var receipt in receipts)
        {
            Assert.NotNull(AuditCheckpoint.TryRead(Encoding.UTF8.GetBytes(receipt.Checkpoint.Note), home.Key().Verifier, out _));
            var proof = log.InclusionProof(receipt.Index, receipt.Checkpoint.Size);
            Assert.True(MerkleTree.VerifyInclusion(receipt.Leaf, receipt.Index, receipt.Checkpoint.Size, receipt.Checkpoint.Root, proof));
        }
    }

    [Fact]
    public async Task An_entry_is_one_canonical_line_with_index_and_time()
    {
        await using var log = home.Log();
        await log.AppendAsync(new("anna", "api-key", "model.promote", "model", "fraud") { Decision = AuditDecision.Deny, Rule = "self-approval" }, CancellationToken.None);
        Assert.Equal(
            """{"action":"model.promote","actor":"anna","auth_method":"api-key","decision":"deny","index":0,"object_id":"fraud","object_type":"model","rule":"self-approval","time":"2026-03-01T12:00:00Z"}""",
            log.Read(0, 1).Single().ToString());
    }

    [Fact]
    public async Task Any_changed_byte_of_any_file_is_found_and_named()
    {
        await using (var log = home.Log())
        {
            await log.Fill(0, 3);
            await log.Fill(3, 260);
            await log.Fill(260, 262);
        }

        var key = home.Key().Verifier;
        var files = Directory.GetFiles(home["audit"], "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock").ToArray();
        Assert.True(files.Length >= 6);
        var random = new Random(5);
        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(file);
            foreach (var at in Enumerable.Range(0, bytes.Length).Where(i => bytes.Length < 200 || random.Next(bytes.Length) < 80))
            {
                var changed = (byte[])bytes.Clone();
                changed[at] ^= 1;
                File.WriteAllBytes(file, changed);
                var seen = AuditVerifier.Verify(home["audit"], key);
                Assert.False(seen.IsGood, $"{file} byte {at}");
                Assert.Contains(file.EndsWith("checkpoint", StringComparison.Ordinal) ? "checkpoint" : "tile/", seen.Difference, StringComparison.Ordinal);
            }

            File.WriteAllBytes(file, bytes);
        }

        Assert.True(AuditVerifier.Verify(home["audit"], key).IsGood);
        Assert.False(AuditVerifier.Verify(home["audit"], new AuditKey(AuditKit.Origin, new byte[32]).Verifier).IsGood);
    }

    [Fact]
    public async Task Opening_refuses_a_tail_that_is_not_what_was_signed()
    {
        await using (var log = home.Log())
        {
            await log.Fill(0, 262);
        }

        foreach (var name in new[] { "checkpoint", "tile/entries/001.p/6", "tile/0/001.p/6", "tile/1/000.p/1", "tile/0/000" })
        {
            var file = Path.Combine(home["audit"], name);
            var bytes = File.ReadAllBytes(file);
            var changed = (byte[])bytes.Clone();
            changed[changed.Length / 2] ^= 1;
            File.WriteAllBytes(file, changed);
            Assert.Equal("FLY2030", Assert.Throws<FlyballException>(home.Log).Problem.Code);
            File.WriteAllBytes(file, bytes);
        }

        File.Move(Path.Combine(home["audit"], "checkpoint"), home["moved"]);
        Assert.Equal("FLY2030", Assert.Throws<FlyballException>(home.Log).Problem.Code);
        File.Move(home["moved"], Path.Combine(home["audit"], "checkpoint"));
        await home.Log().DisposeAsync();
    }

    [Fact]
    public async Task A_commit_that_a_crash_cut_short_is_set_aside_and_the_log_goes_on()
    {
        await using (var log = home.Log())
        {
            await log.Fill(0, 250);
            TemporaryDirectory.Copy(home["audit"], home["before"]);
            await log.Fill(250, 300);
        }

        // The files of the commit that grew the log to 300 arrived, its checkpoint did not, and nothing was dropped yet.
        TemporaryDirectory.Copy(Path.Combine(home["audit"], "tile"), home["before"]);
        Directory.Move(home["audit"], home["after"]);
        Directory.Move(home["before"], home["audit"]);
        await using (var log = home.Log())
        {
            Assert.Equal(250, log.Size);
            Assert.True(log.Verify().IsGood);
            await log.Fill(1000, 1020);
            Assert.Equal(new AuditVerification(270, null), log.Verify());
        }

        Assert.True(File.Exists(Path.Combine(home["audit"], "unsigned/250/tile/entries/000")));
        await using var again = home.Log();
        Assert.Equal(270, again.Size);
    }

    [Fact]
    public async Task A_lost_partial_tile_is_rebuilt_from_the_entries()
    {
        await using (var log = home.Log())
        {
            await log.Fill(0, 260);
        }

        File.Delete(Path.Combine(home["audit"], "tile/0/001.p/4"));
        File.Delete(Path.Combine(home["audit"], "tile/1/000.p/1"));
        await using var again = home.Log();
        Assert.True(again.Verify().IsGood);
    }

    [Fact]
    public async Task A_checkpoint_that_was_put_back_further_than_one_commit_is_refused()
    {
        await using (var log = home.Log())
        {
            await log.Fill(0, 10);
            File.Copy(Path.Combine(home["audit"], "checkpoint"), home["old"]);
            await log.Fill(10, 1400);
        }

        File.Copy(home["old"], Path.Combine(home["audit"], "checkpoint"), overwrite: true);
        Assert.Equal("FLY2030", Assert.Throws<FlyballException>(home.Log).Problem.Code);
        Assert.False(AuditVerifier.Verify(home["audit"], home.Key().Verifier).IsGood);
    }

    [Fact]
    public async Task When_the_disk_refuses_nothing_is_acknowledged_and_the_log_stays_closed_to_writers()
    {
        await using var log = home.Log();
        await log.Fill(0, 3);
        Directory.Delete(Path.Combine(home["audit"], "tile"), recursive: true);
        File.WriteAllText(Path.Combine(home["audit"], "tile"), "in the way");
        for (var i = 0; i < 2; i++)
        {
            var refused = await Assert.ThrowsAsync<FlyballException>(async () => await log.AppendAsync(AuditKit.Entry(3), CancellationToken.None));
            Assert.Equal("FLY2033", refused.Problem.Code);
        }

        Assert.Equal(3, log.Size);
        Assert.Equal("FLY2033", log.Problem?.Code);
    }

    [Fact]
    public async Task Entries_that_are_too_large_and_a_second_opener_are_refused()
    {
        await using var log = home.Log();
        var large = AuditKit.Entry(0) with { Reason = new string('r', 65_500) };
        Assert.Equal("FLY2031", (await Assert.ThrowsAsync<FlyballException>(async () => await log.AppendAsync(large, CancellationToken.None))).Problem.Code);
        Assert.Equal("FLY2034", Assert.Throws<FlyballException>(home.Log).Problem.Code);
    }

    [Fact]
    public async Task OpenSsl_verifies_the_checkpoints_signature()
    {
        await using (var log = home.Log())
        {
            await log.Fill(0, 5);
        }

        var note = await File.ReadAllTextAsync(Path.Combine(home["audit"], "checkpoint"), CancellationToken.None);
        var end = note.IndexOf("\n\n", StringComparison.Ordinal) + 1;
        var signature = Convert.FromBase64String(note[(end + 1)..].Trim().Split(' ')[2]);
        var vkey = (await File.ReadAllTextAsync(Path.Combine(home["keys"], "audit.vkey"), CancellationToken.None)).Trim().Split('+', 3)[2];
        await File.WriteAllBytesAsync(home["signature"], signature[4..], CancellationToken.None);
        byte[] subjectPublicKeyInfo = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, .. Convert.FromBase64String(vkey)[1..]];
        await File.WriteAllBytesAsync(home["public.der"], subjectPublicKeyInfo, CancellationToken.None);
        Assert.Equal(0, await Judge(note[..end]));
        Assert.NotEqual(0, await Judge(note[..end].Replace("\n5\n", "\n6\n", StringComparison.Ordinal)));

        async Task<int> Judge(string text)
        {
            await File.WriteAllTextAsync(home["text"], text, CancellationToken.None);
            try
            {
                using var openssl = Process.Start(new ProcessStartInfo(
                    "openssl",
                    ["pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", home["public.der"], "-in", home["text"], "-sigfile", home["signature"]])
                {
                    RedirectStandardOutput = true,
                UseShellExecute = false,
                    RedirectStandardError = true,
                })!;
                await openssl.WaitForExitAsync(CancellationToken.None);
                return openssl.ExitCode;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Assert.Skip("openssl is not installed: the outside check of the signature did not run.");
                return 1;
            }
        }
    }

    [Theory]
    [InlineData(0, 0, 256, "tile/0/000")]
    [InlineData(1, 1234067, 256, "tile/1/x001/x234/067")]
    [InlineData(TileName.Entries, 5, 17, "tile/entries/005.p/17")]
    [InlineData(0, 1000, 255, "tile/0/x001/000.p/255")]
    public void Tile_names_are_those_of_the_specification(int level, long index, int width, string path)
    {
        var tile = new TileName(level, index, width);
        Assert.Equal(path, tile.Path);
        Assert.Equal(tile, TileName.Parse(path));
        Assert.Null(TileName.Parse(path + "x"));
        Assert.Null(TileName.Parse("tile/00/000"));
    }
}
