using Flyball.Native.Loading;

namespace Flyball.Native.Tests.Loading;

public sealed class NativeLibrariesTests
{
    [Fact]
    public void Every_library_is_found_here()
    {
        Assert.Equal(3, NativeLibraries.Names.Count);
        Assert.All(NativeLibraries.Names, NativeLibraries.Require);
    }

    [Theory]
    [InlineData("duckdb", "FLYBALL_DUCKDB", "npm ci")]
    [InlineData("onnxruntime", "FLYBALL_ONNXRUNTIME", "npm ci")]
    [InlineData("xgboost", "FLYBALL_XGBOOST", "apt-get install libxgboost0")]
    public void A_missing_library_says_where_it_was_looked_for_and_what_installs_it(string library, string variable, string remedy)
    {
        var error = Assert.Throws<NativeLibraryException>(() =>
            NativeLibraries.Load(library, name => name == variable ? "/nowhere/lib.so" : null, AppContext.BaseDirectory));
        Assert.Equal(library, error.Library);
        Assert.Equal(["/nowhere/lib.so: no such file"], error.Attempts);
        Assert.Contains($"native library {library} could not be loaded", error.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/lib.so: no such file", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        Assert.Contains(variable, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_library_is_told_from_a_missing_one()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "not a library");
            var error = Assert.Throws<NativeLibraryException>(() => NativeLibraries.Load("duckdb", _ => file, "/"));
            Assert.StartsWith(file, Assert.Single(error.Attempts), StringComparison.Ordinal);
            Assert.DoesNotContain("no such file", error.Attempts[0], StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Places_go_from_the_variable_over_the_folders_above_to_the_plain_name()
    {
        Assert.Equal(["/x.so"], NativeLibraries.Places("duckdb", n => n == "FLYBALL_DUCKDB" ? "/x.so" : "/modules", "/a/b"));
        var places = NativeLibraries.Places("onnxruntime", n => n == "FLYBALL_NATIVE" ? "/modules" : null, "/a/b");
        Assert.Collection(
            places,
            p => Assert.StartsWith("/modules/onnxruntime-node/", p, StringComparison.Ordinal),
            p => Assert.StartsWith("/a/b/native/node_modules/onnxruntime-node/", p, StringComparison.Ordinal),
            p => Assert.StartsWith("/a/native/node_modules/onnxruntime-node/", p, StringComparison.Ordinal),
            p => Assert.StartsWith("/native/node_modules/onnxruntime-node/", p, StringComparison.Ordinal),
            p => Assert.Equal("libonnxruntime.so.1", p));
        Assert.Equal(["libxgboost.so.0"], NativeLibraries.Places("xgboost", n => n == "FLYBALL_NATIVE" ? "/modules" : null, "/a/b"));
    }

    [Fact]
    public void An_unknown_name_is_refused() =>
        Assert.Throws<ArgumentException>(() => NativeLibraries.Require("libc"));
}
