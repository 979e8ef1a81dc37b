using System.Text;

namespace Flyball.Server.Demo;

/// <summary>Rows that break the contract on purpose, one a rule: the gate must quarantine each with its reason.</summary>
internal static class BrokenRows
{
    private static readonly string[] Rows =
    [
        "900000001,2018-04-02T10:00:00Z,17,1200,-25.00",
        "900000002,2018-04-02T10:01:00Z,,1200,25.00",
        "900000003,2018-04-02T10:02:00Z,17,1200,lots",
        "900000004,yesterday,17,1200,25.00",
        "900000005,2018-04-02T10:04:00Z,17,,25.00",
        "900000006,2018-04-02T10:05:00Z,17,1200,",
        "900000007,2018-04-02T10:06:00Z,17,1200,1e400",
        "900000008,2018-04-02T10:07:00Z,seventeen,1200,25.00",
        ",2018-04-02T10:08:00Z,17,1200,25.00",
        "900000010,2018-04-02T10:09:00Z,17,1200,99999999.00",
    ];

    public static int Count => Rows.Length;

    /// <summary>The CSV with the broken rows spread over its lines.</summary>
    public static string SpreadInto(string csv)
    {
        var lines = csv.Split('\n');
        var every = Math.Max(1, lines.Length / (Rows.Length + 1));
        var text = new StringBuilder(csv.Length + 1024);
        for (var i = 0; i < lines.Length; i++)
        {
            text.Append(lines[i]).Append('\n');
            if (i > 0 && i % every == 0 && (i / every) - 1 < Rows.Length)
            {
                text.Append(Rows[(i / every) - 1]).Append('\n');
            }
        }

        return text.ToString();
    }
}
