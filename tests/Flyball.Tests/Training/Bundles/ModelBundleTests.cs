using System.IO.Compression;
using System.Text;

using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Tests.Training.Bundles;

public sealed class ModelBundleTests
{
    private static readonly ModelManifest Manifest = new()
    {
        Model = "fraud",
        Task = "binary-classification",
        RunId = Digest.Of("run").Hex,
        PredictOn = "transactions",
        RequestContract = Digest.Of("contract").Hex,
        Features = [new("amount", Digest.Of("amount").Hex, 0.5), new("hour", Digest.Of("hour").Hex, 0.5)],
        Inputs = ["amount", "event_time"],
        Gates = ["roc_auc >= 0.8"],
        Decide = [new("block", "score >= 0.9"), new("allow", "otherwise")],
        Definition = [],
        Reference = new ReferenceProfile([], FrozenProfile.Of([0.5]), 1),
        PackagingDifference = 0,
        GoldenRows = 2,
    };

    [Fact]
    public void The_same_members_give_the_same_digest_and_bytes_in_any_order()
    {
        var one = ModelBundle.Create(Members());
        var other = ModelBundle.Create(Members().Reverse().ToDictionary());

        Assert.Equal(one.Digest, other.Digest);
        Assert.Equal(one.Pack(), other.Pack());
    }

    [Fact]
    public void The_digest_is_that_of_the_list_in_the_package()
    {
        var bundle = ModelBundle.Create(Members());
        using var zip = new ZipArchive(new MemoryStream(bundle.Pack()));
        using var list = zip.GetEntry("bundle.json")!.Open();

        Assert.Equal(bundle.Digest, Digest.Of(list));
    }

    [Fact]
    public void Any_changed_member_gives_another_digest()
    {
        var digest = ModelBundle.Create(Members()).Digest;
        foreach (var name in Members().Keys.Where(n => n != ModelBundle.ManifestName))
        {
            var changed = Members();
            changed[name][0] ^= 1;
            Assert.NotEqual(digest, ModelBundle.Create(changed).Digest);
        }
    }

    [Fact]
    public void A_bundle_comes_back_as_it_was_packed()
    {
        var bundle = ModelBundle.Create(Members());
        var back = ModelBundle.Unpack(bundle.Pack(), bundle.Digest);

        Assert.Equal(bundle.Digest, back.Digest);
        Assert.Equal(bundle.Files, back.Files);
        Assert.All(Members(), m => Assert.Equal(m.Value, back[m.Key].ToArray()));
        Assert.Equal(["amount", "hour"], back.Manifest.Features.Select(f => f.Name));
        Assert.Equal(Manifest.Decide, back.Manifest.Decide);
        Assert.Equal(2, back.Manifest.GoldenRows);
    }

    [Fact]
    public void Other_tools_open_the_package_and_find_its_checksums_right()
    {
        using var zip = new ZipArchive(new MemoryStream(ModelBundle.Create(Members()).Pack()));

        Assert.Equal(["bundle.json", "golden.jsonl", "manifest.json", "model.onnx", "xgboost.json"], zip.Entries.Select(e => e.FullName));
        foreach (var (name, bytes) in Members())
        {
            using var content = zip.GetEntry(name)!.Open();
            using var read = new MemoryStream();
            content.CopyTo(read); // checks the CRC
            Assert.Equal(bytes, read.ToArray());
        }
    }

    [Fact]
    public void Changing_the_members_given_does_not_change_the_bundle()
    {
        var members = Members();
        var bundle = ModelBundle.Create(members);
        members[ModelBundle.OnnxName][0] ^= 1;

        Assert.Equal(bundle.Files[^2].Sha256, Digest.Of(bundle[ModelBundle.OnnxName].Span));
    }

    [Fact]
    public void A_flipped_bit_at_any_offset_is_refused()
    {
        var packed = ModelBundle.Create(Members()).Pack();
        for (var at = 0; at < packed.Length; at++)
        {
            packed[at] ^= (byte)(1 << (at % 8));
            Assert.True(IsRefused(packed), $"at {at}");
            packed[at] ^= (byte)(1 << (at % 8));
        }

        Assert.False(IsRefused(packed));
    }

    [Fact]
    public void A_package_cut_or_lengthened_anywhere_is_refused()
    {
        var packed = ModelBundle.Create(Members()).Pack();
        for (var length = 0; length < packed.Length; length++)
        {
            Assert.True(IsRefused(packed[..length]), $"cut at {length}");
        }

        Assert.True(IsRefused([.. packed, 0]));
    }

    [Fact]
    public void Another_bundle_than_the_expected_one_is_refused()
    {
        var packed = ModelBundle.Create(Members()).Pack();
        Assert.Equal("FLY1167", Code(() => ModelBundle.Unpack(packed, Digest.Of("another"))));
    }

    [Theory]
    [InlineData("FLY1161", "../evil.json")]
    [InlineData("FLY1161", "/etc/passwd.json")]
    [InlineData("FLY1161", "a/../b.json")]
    [InlineData("FLY1161", "a//b.json")]
    [InlineData("FLY1161", "c:evil.json")]
    [InlineData("FLY1161", "a\\b.json")]
    [InlineData("FLY1161", "Manifest.json")]
    [InlineData("FLY1161", ".hidden.json")]
    [InlineData("FLY1161", "a.json.")]
    [InlineData("FLY1161", "")]
    [InlineData("FLY1161", "bundle.json")]
    [InlineData("FLY1162", "model.pkl")]
    [InlineData("FLY1162", "model.joblib")]
    [InlineData("FLY1162", "code/predict.py")]
    [InlineData("FLY1162", "libcustom.so")]
    [InlineData("FLY1162", "custom.dll")]
    [InlineData("FLY1162", "noextension")]
    public void A_member_of_this_name_is_refused(string code, string name)
    {
        var members = Members();
        members[name] = [1];
        Assert.Equal(code, Code(() => ModelBundle.Create(members)));
    }

    [Theory]
    [InlineData("FLY1161", "../a.json")]
    [InlineData("FLY1162", "a-model.pkl")]
    [InlineData("FLY1164", "model.onnx")]
    public void A_forged_package_with_such_a_member_in_front_is_refused(string code, string name)
    {
        byte[] forged = [.. StoredMember(name, [1]), .. ModelBundle.Create(Members()).Pack()];
        Assert.Equal(code, Code(() => ModelBundle.Unpack(forged)));
    }

    [Theory]
    [InlineData(ModelBundle.ManifestName)]
    [InlineData(ModelBundle.OnnxName)]
    public void A_bundle_without_this_member_is_refused(string name)
    {
        var members = Members();
        members.Remove(name);
        Assert.Equal("FLY1163", Code(() => ModelBundle.Create(members)));
    }

    [Fact]
    public void Asking_for_a_member_that_is_not_there_says_so() =>
        Assert.Equal("FLY1163", Code(() => _ = ModelBundle.Create(Members())["report.md"]));

    [Fact]
    public void Each_size_limit_refuses_when_packing_and_when_unpacking()
    {
        var packed = ModelBundle.Create(Members()).Pack();
        foreach (var limits in new BundleLimits[] { new() { Members = 3 }, new() { MemberBytes = 50 }, new() { TotalBytes = 300 } })
        {
            Assert.Equal("FLY1160", Code(() => ModelBundle.Create(Members(), limits)));
            Assert.Equal("FLY1160", Code(() => ModelBundle.Unpack(packed, null, limits)));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"format":2}""")]
    public void A_manifest_that_cannot_be_read_is_refused(string manifest)
    {
        var members = Members();
        members[ModelBundle.ManifestName] = Encoding.UTF8.GetBytes(manifest);
        Assert.Equal("FLY1165", Code(() => ModelBundle.Create(members)));
    }

    [Theory]
    [InlineData("\"format\":1", "\"format\":9")]
    [InlineData("\"name\":\"hour\"", "\"name\":\"amount\"")]
    [InlineData("\"task\":", "\"tusk\":")]
    [InlineData("\"packaging_difference\":0", "\"packaging_difference\":\"high\"")]
    [InlineData("\"features\":[", "\"features\":null,\"more\":[")]
    [InlineData("\"model\":\"fraud\"", "\"model\":\"fraud\",\"model\":\"other\"")]
    public void A_manifest_with_one_wrong_member_is_refused(string was, string becomes)
    {
        var text = Encoding.UTF8.GetString(Manifest.Write());
        Assert.Contains(was, text, StringComparison.Ordinal);
        var wrong = Encoding.UTF8.GetBytes(text.Replace(was, becomes, StringComparison.Ordinal));
        Assert.Equal("FLY1165", Code(() => ModelManifest.Parse(wrong)));
    }

    [Fact]
    public void A_manifest_comes_back_as_written() =>
        Assert.Equal(Manifest.Write(), ModelManifest.Parse(Manifest.Write()).Write());

    [Fact]
    public void A_bundle_of_the_present_format_lacks_none_of_its_documents()
    {
        var members = Members();
        foreach (var name in BundleMembers.Required)
        {
            members[name] = "{}"u8.ToArray();
        }

        members[ModelBundle.ManifestName] = (Manifest with { Format = 2 }).Write();
        Assert.Equal(2, ModelBundle.Create(members).Manifest.Format);
        foreach (var name in BundleMembers.Required)
        {
            Assert.Equal("FLY1163", Code(() => ModelBundle.Create(members.Where(m => m.Key != name).ToDictionary())));
        }
    }

    [Fact]
    public void A_bundle_of_a_later_format_says_to_train_again()
    {
        var refused = Assert.Throws<FlyballException>(() => ModelManifest.Parse((Manifest with { Format = ModelManifest.CurrentFormat + 1 }).Write()));

        Assert.Equal("FLY1165", refused.Problem.Code);
        Assert.Contains("Train the model again", refused.Problem.Remedy, StringComparison.Ordinal);
    }

    private static Dictionary<string, byte[]> Members() => new()
    {
        [ModelBundle.ManifestName] = Manifest.Write(),
        [ModelBundle.OnnxName] = [8, 8, 58, 0],
        [ModelBundle.XGBoostName] = "{}"u8.ToArray(),
        [ModelBundle.GoldenName] = "{\"score\":0.25}\n"u8.ToArray(),
    };

    private static bool IsRefused(byte[] packed)
    {
        try
        {
            ModelBundle.Unpack(packed);
            return false;
        }
        catch (FlyballException)
        {
            return true;
        }
    }

    private static string Code(Action act) => Assert.Throws<FlyballException>(act).Problem.Code;

    /// <summary>A stored member with the right lengths.</summary>
    private static byte[] StoredMember(string name, byte[] content)
    {
        var header = new byte[30];
        "PK\u0003\u0004"u8.CopyTo(header);
        header[18] = header[22] = (byte)content.Length;
        header[26] = (byte)name.Length;
        return [.. header, .. Encoding.ASCII.GetBytes(name), .. content];
    }
}
