using System.Text;

using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Lakes;

namespace Flyball.Storage.Tests.Lakes;

public sealed class LakeReaderTests : IDisposable
{
    private readonly LakeFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Fact]
    public void A_flipped_byte_is_refused_before_any_row_naming_the_file()
    {
        var manifest = fixture.Extend("events", 1, 2500);
        var file = Path.Combine(fixture.Root, "events", manifest.Files[1].Name);
        var bytes = File.ReadAllBytes(file);
        foreach (var at in new[] { 0, bytes.Length / 2, bytes.Length - 1 })
        {
            bytes[at] ^= 1;
            File.WriteAllBytes(file, bytes);
            var error = Assert.Throws<FlyballException>(() => fixture.ReadAll(manifest));
            Assert.Equal(("FLY2051", file), (error.Problem.Code, error.Problem.Where?.File));
            bytes[at] ^= 1;
        }

        File.WriteAllBytes(file, bytes);
        Assert.Equal(2500, fixture.ReadAll(manifest).Count);
    }

    [Fact]
    public void A_missing_and_a_cut_file_are_refused_naming_the_file()
    {
        var manifest = fixture.Extend("events", 1, 1500);
        var file = Path.Combine(fixture.Root, "events", manifest.Files[1].Name);
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..^1]);
        Assert.Contains("bytes instead of", Assert.Throws<FlyballException>(() => fixture.ReadAll(manifest)).Problem.Message, StringComparison.Ordinal);
        File.Delete(file);
        var error = Assert.Throws<FlyballException>(() => fixture.ReadAll(manifest));
        Assert.Equal(("FLY2051", file), (error.Problem.Code, error.Problem.Where?.File));
    }

    [Fact]
    public void A_copy_of_the_files_is_read_with_a_copy_of_the_manifest()
    {
        var manifest = fixture.Extend("events", 1, 1500);
        var copy = Directory.CreateTempSubdirectory("flyball-lake-copy-");
        try
        {
            var folder = copy.CreateSubdirectory("events").FullName;
            foreach (var file in manifest.Files)
            {
                File.Copy(Path.Combine(fixture.Root, "events", file.Name), Path.Combine(folder, file.Name));
            }

            var parsed = LakeManifest.Parse(manifest.ToJson());
            Assert.Equal(manifest, parsed);
            Assert.Equal(manifest.Digest, parsed.Digest);
            using var reader = LakeReader.Open(copy.FullName, parsed, [.. LakeFixture.Columns.Select(c => c.Name)]);
            Assert.Equal(1500, LakeFixture.ReadAll(reader).Count);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("\"events\"", "\"../events\"")]
    [InlineData("\"000000000001-", "\"../../etc/000000000001-")]
    [InlineData("\"rows\":1000", "\"rows\":0")]
    [InlineData("\"first_seq\":1001", "\"first_seq\":1000")]
    [InlineData("\"last_seq\":1000", "\"last_seq\":0")]
    [InlineData("\"type\":\"number\"", "\"type\":\"code\"")]
    [InlineData("\"files\"", "\"flies\"")]
    [InlineData("\"sha256\":\"", "\"sha256\":\"G")]
    [InlineData("{", "[")]
    public void A_manifest_from_elsewhere_is_checked(string from, string to)
    {
        var json = Encoding.UTF8.GetString(fixture.Extend("events", 1, 1500).ToJson());
        Assert.Contains(from, json, StringComparison.Ordinal);
        var at = json.IndexOf(from, StringComparison.Ordinal);
        var changed = string.Concat(json.AsSpan(0, at), to, json.AsSpan(at + from.Length));
        var code = LakeTests.Refused(() => LakeManifest.Parse(Encoding.UTF8.GetBytes(changed)));
        Assert.True(code is "FLY2052" or "FLY3254", code);
    }

    [Fact]
    public void A_manifest_made_in_memory_is_checked_too()
    {
        var manifest = fixture.Extend("events", 1, 10);
        var elsewhere = manifest with { Files = [manifest.Files[0] with { Name = "../../secret.parquet" }] };
        Assert.Equal("FLY2052", LakeTests.Refused(() => fixture.Lake.Read(elsewhere, ["amount"])));
    }

    [Fact]
    public void Columns_come_in_the_order_asked_after_the_leading_three()
    {
        var manifest = fixture.Extend("events", 1, 10);
        using var reader = fixture.Lake.Read(manifest, ["customer id", "count"]);
        var chunk = reader.NextChunk()!;
        Assert.Equal(LakeFixture.CustomerOf(1), chunk.Text(3, 0));
        Assert.Equal(3, chunk.Column<long>(4)[0]);
        using var none = fixture.Lake.Read(manifest, []);
        Assert.Equal(10, none.NextChunk()!.RowCount);
        Assert.Equal("FLY3256", LakeTests.Refused(() => fixture.Lake.Read(manifest, ["absent"])));
    }

    [Fact]
    public void A_reader_goes_on_while_the_table_is_extended()
    {
        var manifest = fixture.Extend("events", 1, 2500);
        using var reader = fixture.Lake.Read(manifest, [.. LakeFixture.Columns.Select(c => c.Name)]);
        Assert.Equal(1, reader.NextChunk()!.Column<long>(0)[0]);
        fixture.Extend("events", 2501, 4000);
        Assert.Equal(LakeTests.Range(1001, 2500), LakeFixture.ReadAll(reader));
        Assert.Equal(new Horizon(4000), fixture.Lake.HorizonOf("events"));
    }
}
