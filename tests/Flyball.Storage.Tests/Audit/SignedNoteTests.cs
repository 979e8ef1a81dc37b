using System.Text;
using Flyball.Engine.Problems;
using Flyball.Storage.Audit;
using Flyball.Storage.TestKit;

namespace Flyball.Storage.Tests.Audit;

public sealed class SignedNoteTests
{
    private const string Text = "This is an example message.\n";

    [Fact]
    public void A_key_signs_and_its_text_form_verifies()
    {
        var key = new AuditKey("example.com/foo", [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        var verifier = AuditVerifierKey.Parse(key.Verifier.ToString());
        var note = key.Sign(Text);
        Assert.StartsWith(Text + "\n\u2014 example.com/foo ", note, StringComparison.Ordinal);
        Assert.Equal(Text, SignedNote.Open(Encoding.UTF8.GetBytes(note), verifier, out _));
    }

    [Fact]
    public void The_specifications_verifier_key_has_the_id_that_it_states()
    {
        var key = AuditVerifierKey.Parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
        Assert.Equal(("example.com/foo", 0x530d903au), (key.Name, key.KeyId));
        Assert.Equal("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", key.ToString());
    }

    [Fact]
    public void The_specifications_note_verifies()
    {
        const string note = Text + "\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
        var key = AuditVerifierKey.Parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
        Assert.Equal(Text, SignedNote.Open(Encoding.UTF8.GetBytes(note), key, out _));
    }

    [Fact]
    public void Signing_gives_the_bytes_of_another_implementation()
    {
        var key = AuditKey.Parse("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz");
        Assert.Equal("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", key.Verifier.ToString());
        Assert.EndsWith(
            "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
            key.Sign("If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2")]
    [InlineData("example.com/foo+530d903a")]
    [InlineData("")]
    public void A_verifier_key_that_does_not_add_up_is_refused(string text) =>
        Assert.Equal("FLY2032", Assert.Throws<FlyballException>(() => AuditVerifierKey.Parse(text)).Problem.Code);

    [Fact]
    public void Any_changed_character_of_a_note_is_refused()
    {
        var key = new AuditKey("example.com/foo", new byte[32]);
        var note = Encoding.UTF8.GetBytes(key.Sign(Text));
        for (var i = 0; i < note.Length; i++)
        {
            var changed = (byte[])note.Clone();
            changed[i] ^= 1;
            Assert.Null(SignedNote.Open(changed, key.Verifier, out var defect));
            Assert.NotEmpty(defect);
        }
    }

    [Fact]
    public void Signatures_of_others_are_passed_over_and_their_absence_is_not_enough()
    {
        var (key, other) = (new AuditKey("example.com/foo", new byte[32]), new AuditKey("witness.example", [.. Enumerable.Repeat((byte)7, 32)]));
        var both = key.Sign(Text) + other.Sign(Text)[(Text.Length + 1)..];
        Assert.NotNull(SignedNote.Open(Encoding.UTF8.GetBytes(both), key.Verifier, out _));
        Assert.Null(SignedNote.Open(Encoding.UTF8.GetBytes(other.Sign(Text)), key.Verifier, out _));
    }

    [Fact]
    public void A_key_is_made_once_for_its_owner_only_and_refused_when_others_may_read_it()
    {
        using var home = new TemporaryDirectory();
        var key = home.Key();
        Assert.Equal(key.Verifier.ToString(), home.Key().Verifier.ToString());
        Assert.Equal(key.Verifier.ToString(), AuditVerifierKey.Parse(File.ReadAllText(Path.Combine(home["keys"], "audit.vkey"))).ToString());
        var file = Path.Combine(home["keys"], "audit.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Throws<FlyballException>(() => AuditKey.LoadOrCreate(home["keys"], "example.com/other"));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Equal("FLY2032", Assert.Throws<FlyballException>(home.Key).Problem.Code);
    }
}
