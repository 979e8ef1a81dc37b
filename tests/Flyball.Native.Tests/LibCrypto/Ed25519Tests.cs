using System.Text;
using Flyball.Native.LibCrypto;

namespace Flyball.Native.Tests.LibCrypto;

public sealed class Ed25519Tests
{
    // RFC 8032, section 7.1, tests 1 to 3.
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void The_vectors_of_the_specification_hold(string seed, string publicKey, string message, string signature)
    {
        Assert.Equal(publicKey, Convert.ToHexStringLower(Ed25519.PublicKey(Convert.FromHexString(seed))));
        Assert.Equal(signature, Convert.ToHexStringLower(Ed25519.Sign(Convert.FromHexString(seed), Convert.FromHexString(message))));
        Assert.True(Ed25519.Verify(Convert.FromHexString(publicKey), Convert.FromHexString(message), Convert.FromHexString(signature)));
    }

    [Fact]
    public void Any_changed_bit_of_message_signature_or_key_is_refused()
    {
        var seed = new byte[32];
        var (key, message) = (Ed25519.PublicKey(seed), Encoding.UTF8.GetBytes("a message"));
        var signature = Ed25519.Sign(seed, message);
        Assert.True(Ed25519.Verify(key, message, signature));
        foreach (var bytes in new[] { key, message, signature })
        {
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(Ed25519.Verify(key, message, signature));
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(0)]
    public void A_key_or_signature_of_another_length_is_refused(int length)
    {
        Assert.Throws<ArgumentException>(() => Ed25519.PublicKey(new byte[length]));
        Assert.Throws<ArgumentException>(() => Ed25519.Sign(new byte[length], []));
        Assert.False(Ed25519.Verify(new byte[length], [], new byte[64]));
        Assert.False(Ed25519.Verify(new byte[32], [], new byte[length]));
    }

    [Fact]
    public void A_missing_library_is_named_with_what_to_install()
    {
        var refused = Assert.Throws<LibCryptoException>(() => CryptoLibrary.Load(["libno-such-crypto.so.9"]));
        Assert.Contains("libno-such-crypto.so.9", refused.Message, StringComparison.Ordinal);
        Assert.Contains("libssl3", refused.Message, StringComparison.Ordinal);
        Assert.Throws<LibCryptoException>(() => CryptoLibrary.Load(["libc.so.6"]));
    }
}
