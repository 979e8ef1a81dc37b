using System.Globalization;
using System.Text;

namespace Flyball.Tests.Contracts.Laws;

/// <summary>A contract made from a seed: one to seven fields of every type with random rules, and rules over two of its numbers.</summary>
internal sealed record RandomContract(IReadOnlyList<RandomField> Fields, IReadOnlyList<RandomRule> Rules)
{
    public static RandomContract Make(Random random)
    {
        var fields = new List<RandomField> { new("key", "integer") { Key = true, Required = true } };
        if (random.Next(4) > 0)
        {
            fields.Add(new RandomField("event_time", "timestamp") { Required = true });
        }

        for (var i = random.Next(1, 7); i > 0; i--)
        {
            fields.Add(MakeField($"f{i}", random));
        }

        var numbers = fields.Where(f => f.Type is "integer" or "number" && !f.Key).ToList();
        var rules = new List<RandomRule>();
        if (numbers.Count >= 2 && random.Next(2) == 0)
        {
            rules.Add(new RandomRule("order", numbers[0].Name, random.Next(2) == 0 ? "<=" : ">", numbers[1].Name));
        }

        return new RandomContract(fields, rules);
    }

    public string ToYaml()
    {
        var yaml = new StringBuilder("apiVersion: v3.1.0\nkind: DataContract\nid: random\nversion: 1.0.0\nstatus: active\nschema:\n  - name: random\n");
        if (Rules.Count > 0)
        {
            yaml.Append("    quality:\n");
            foreach (var rule in Rules)
            {
                yaml.Append(CultureInfo.InvariantCulture, $"      - {{ name: {rule.Name}, type: custom, engine: flyball, implementation: \"{rule.Left} {rule.Comparison} {rule.Right}\" }}\n");
            }
        }

        yaml.Append("    properties:\n");
        foreach (var field in Fields)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"      - {{ name: {field.Name}, logicalType: {field.Type}");
            yaml.Append(field.Key ? ", primaryKey: true" : "").Append(field.Required ? ", required: true" : "");
            yaml.Append(field.RefusesNull ? ", customProperties: [ { property: nullPolicy, value: refuse } ]" : "");
            var options = Options(field);
            yaml.Append(options.Count > 0 ? $", logicalTypeOptions: {{ {string.Join(", ", options)} }}" : "").Append(" }\n");
        }

        return yaml.ToString();
    }

    private static List<string> Options(RandomField field)
    {
        var options = new List<string>();
        Add(field.MinimumIsOpen ? "exclusiveMinimum" : "minimum", field.Minimum);
        Add(field.MaximumIsOpen ? "exclusiveMaximum" : "maximum", field.Maximum);
        Add("multipleOf", field.MultipleOf);
        Add("minLength", field.MinLength);
        Add("maxLength", field.MaxLength);
        if (field.Pattern is { } pattern)
        {
            options.Add($"pattern: \"{RandomField.Patterns[pattern].Text}\"");
        }

        return options;

        void Add(string name, decimal? value)
        {
            if (value is { } number)
            {
                options.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {number}"));
            }
        }
    }

    private static RandomField MakeField(string name, Random random)
    {
        string[] types = ["boolean", "integer", "number", "string", "timestamp", "date"];
        var field = new RandomField(name, types[random.Next(types.Length)]) { Required = random.Next(3) == 0, RefusesNull = random.Next(4) == 0 };
        var isWhole = field.Type == "integer";
        if (field.Type is "integer" or "number" && random.Next(2) == 0)
        {
            var least = isWhole ? random.Next(-20, 10) : random.Next(-200, 100) / 10m;
            field = field with
            {
                Minimum = random.Next(4) > 0 ? least : null,
                Maximum = random.Next(4) > 0 ? least + (isWhole ? random.Next(3, 30) : random.Next(30, 300) / 10m) : null,
                MinimumIsOpen = random.Next(2) == 0,
                MaximumIsOpen = random.Next(2) == 0,
                MultipleOf = random.Next(3) == 0 ? isWhole ? random.Next(1, 4) : random.Next(1, 4) / 10m : null,
            };
        }

        return field.Type != "string" || random.Next(2) == 0 ? field : field with
        {
            MinLength = random.Next(2) == 0 ? random.Next(0, 3) : null,
            MaxLength = random.Next(2) == 0 ? random.Next(3, 6) : null,
            Pattern = random.Next(2) == 0 ? random.Next(RandomField.Patterns.Length) : null,
        };
    }
}
