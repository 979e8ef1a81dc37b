using System.Text;
using Flyball.Contracts.Odcs;
using Flyball.Projects;

namespace Flyball.Tests.Projects;

/// <summary>Broken project files end in problems with a place, whatever is broken about them.</summary>
public sealed class YamlMutationTests
{
    private const string Marks = "{}[]:,-#\"'&*!|>%@`?~ \t\r\n\\0aé\u2028\uFEFF\u0085\0";

    [Theory]
    [InlineData("a: { maximum: 1   # x }\n")]
    [InlineData("a: { maximum: 1   # x }\nb: 2\n")]
    [InlineData("a: [ 1, 2   # x ]\nb: { c: d }\n")]
    public void AComment_ThatHidesTheEndOfABracket_IsAProblemWithItsPlace(string text)
    {
        var problems = new ProblemList();

        Assert.Null(YamlSection.Parse("p.yaml", text, problems));

        var problem = Assert.Single(problems);
        Assert.Equal("FLY1100", problem.Code);
        Assert.True(problem.Where is { File: "p.yaml", Line: > 0 }, problem.ToString());
    }

    [Fact]
    public void TwentyThousandMutations_OfTheExampleFiles_EndInProblems()
    {
        var files = ExampleFiles();
        Assert.True(files.Count >= 7, "The examples are not where they were.");
        var random = new Random(20_260_301);
        var (refused, read) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var text = Mutate(files[i % files.Count], files[random.Next(files.Count)], random);
            var problems = new ProblemList();
            var root = YamlSection.Parse("p.yaml", text, problems);
            if (root is null)
            {
                refused++;
                Assert.NotEmpty(problems);
            }
            else
            {
                read++;
                root.ToJson();
                if (root.Has("apiVersion"))
                {
                    ContractCompiler.Compile([root]);
                }
            }

            Assert.All(problems, p => Assert.True(p.Where is { File: "p.yaml" } && p.Message.Length > 0, p.ToString()));
        }

        // Both ends are seen: the mutations break files, and do not break all of them.
        Assert.True(refused > 2_000 && read > 2_000, $"{refused} refused, {read} read");
    }

    private static string Mutate(string text, string other, Random random)
    {
        var mutated = new StringBuilder(text);
        for (var changes = random.Next(1, 4); changes > 0 && mutated.Length > 0; changes--)
        {
            var at = random.Next(mutated.Length);
            var length = Math.Min(random.Next(1, 40), mutated.Length - at);
            switch (random.Next(6))
            {
                case 0:
                    mutated.Remove(at, length);
                    break;
                case 1:
                    mutated.Insert(at, Marks[random.Next(Marks.Length)]);
                    break;
                case 2:
                    mutated[at] = Marks[random.Next(Marks.Length)];
                    break;
                case 3:
                    mutated.Insert(at, mutated.ToString(at, length));
                    break;
                case 4:
                    mutated.Length = at;
                    break;
                default:
                    var from = random.Next(other.Length);
                    mutated.Insert(at, other.AsSpan(from, Math.Min(length, other.Length - from)));
                    break;
            }
        }

        return mutated.ToString();
    }

    private static List<string> ExampleFiles()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var examples = Path.Combine(at.FullName, "examples");
            if (Directory.Exists(examples) && File.Exists(Path.Combine(at.FullName, "BannedSymbols.txt")))
            {
                return [.. Directory.GetFiles(examples, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText)];
            }
        }

        return [];
    }
}
