using System.Globalization;
using Flyball.Projects;
using static Flyball.Contracts.Odcs.OdcsShape;

namespace Flyball.Contracts.Odcs;

/// <summary>The sections of the standard, versions 3.0 to 3.2, as shapes.</summary>
internal static class OdcsShapes
{
    private static readonly string[] RuleTypes = ["text", "library", "sql", "custom"];

    private static readonly string[] Dimensions = ["accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"];

    private static readonly OdcsShape CustomProperty = new(["property"], ("id", Text), ("property", Text), ("value", Any), ("description", Text));

    private static readonly OdcsShape Definition = new(["url", "type"], ("id", Text), ("url", Text), ("type", Text), ("description", Text));

    private static readonly OdcsShape Role = new(
        ["role"],
        ("id", Text), ("role", Text), ("description", Text), ("access", Text), ("firstLevelApprovers", Text), ("secondLevelApprovers", Text), ("customProperties", CustomProperties));

    private static readonly OdcsShape SupportItem = new(
        ["channel"],
        ("id", Text), ("channel", Text), ("url", Text), ("description", Text), ("tool", Text), ("scope", Text), ("invitationUrl", Text), ("customProperties", CustomProperties));

    private static readonly OdcsShape Price = new([], ("id", Text), ("priceAmount", Number), ("priceCurrency", Text), ("priceUnit", Text));

    private static readonly OdcsShape Member = new(
        ["username"],
        ("id", Text), ("username", Text), ("name", Text), ("description", Text), ("role", Text), ("dateIn", Date), ("dateOut", Date), ("replacedByUsername", Text),
        ("comment", Earlier), ("tags", Texts), ("customProperties", CustomProperties), ("authoritativeDefinitions", ListOf(Definition)));

    private static readonly OdcsShape Team = new(
        [],
        ("id", Text), ("name", Text), ("description", Text), ("members", ListOf(Member)), ("tags", Texts), ("customProperties", CustomProperties), ("authoritativeDefinitions", ListOf(Definition)));

    private static readonly OdcsShape Statement = new(
        ["question"],
        ("id", Text), ("question", Text), ("answer", Text), ("tags", Texts), ("customProperties", CustomProperties), ("authoritativeDefinitions", ListOf(Definition)));

    private static readonly OdcsShape Constraint = new(
        ["constraint"],
        ("id", Text), ("constraint", Text), ("tags", Texts), ("customProperties", CustomProperties), ("authoritativeDefinitions", ListOf(Definition)));

    private static readonly OdcsShape ContextBlock = new([], ("instructions", Text), ("verifiedStatements", ListOf(Statement)), ("constraints", ListOf(Constraint)));

    // The standard closes every mapping but this one.
    private static readonly OdcsShape Description = new(
        [], ("purpose", Text), ("usage", Text), ("limitations", Text), ("customProperties", CustomProperties), ("authoritativeDefinitions", ListOf(Definition)));

    private static readonly (string Name, Action<YamlSection, string> Read)[] Comparisons =
    [
        ("mustBe", Any), ("mustNotBe", Any), ("mustBeGreaterThan", Any), ("mustBeGreaterOrEqualTo", Any), ("mustBeGreaterThanOrEqualTo", Any),
        ("mustBeLessThan", Any), ("mustBeLessOrEqualTo", Any), ("mustBeLessThanOrEqualTo", Any), ("mustBeBetween", Items), ("mustNotBeBetween", Items),
    ];

    private static readonly OdcsShape LibraryRule = new([], [("metric", Text), ("rule", Text), ("arguments", Any), ("validValues", Items), .. Comparisons]);

    private static readonly OdcsShape SqlRule = new([], [("query", Text), .. Comparisons]);

    private static readonly OdcsShape CustomRule = new([], ("engine", Text), ("implementation", Any));

    private static readonly OdcsShape AnyRule = new(
        [],
        ("id", Text), ("name", Text), ("description", Text), ("type", OneOf(RuleTypes)), ("dimension", OneOf(Dimensions)), ("method", Text), ("severity", Text), ("businessImpact", Text),
        ("schedule", Text), ("scheduler", Text), ("unit", Text), ("tags", Texts), ("customProperties", CustomProperties), ("authoritativeDefinitions", ListOf(Definition)));

    /// <summary>The contract beside identity, schema and service levels.</summary>
    public static OdcsShape Contract { get; } = new(
        [],
        ("name", Text), ("tenant", Text), ("tags", Texts), ("dataProduct", Text), ("domain", Text), ("description", KeepDescription), ("context", Context), ("servers", OdcsServers.Check),
        ("support", ListOf(SupportItem)), ("price", One(Price)), ("team", TeamOf), ("roles", ListOf(Role)), ("slaDefaultElement", Text), ("authoritativeDefinitions", ListOf(Definition)), ("contractCreatedTs", Text));

    /// <summary>What a schema object and a property have in common, beside what their readers use.</summary>
    public static OdcsShape Element { get; } = new(
        [],
        ("id", Text), ("physicalName", Text), ("description", Text), ("businessName", Text), ("authoritativeDefinitions", ListOf(Definition)), ("tags", Texts), ("tag", Earlier), ("deprecated", Flag), ("context", Context));

    public static OdcsShape SchemaObject { get; } = new([], ("physicalType", Text), ("dataGranularityDescription", Text));

    public static OdcsShape Property { get; } = new(
        [],
        ("partitioned", Flag), ("partitionKeyPosition", Port), ("encryptedName", Text), ("transformSourceObjects", Texts), ("transformLogic", Text), ("transformDescription", Text),
        ("examples", Items), ("criticalDataElement", Flag), ("semanticType", OneOf("column", "dimension", "measure")));

    public static OdcsShape EnumValue { get; } = new(
        ["value"],
        ("id", Text), ("value", Text), ("label", Text), ("description", Text), ("tags", Texts), ("customProperties", CustomProperties), ("authoritativeDefinitions", ListOf(Definition)));

    public static OdcsShape Relationship { get; } = new([], ("type", OneOf("foreignKey")), ("description", Text), ("customProperties", CustomProperties));

    public static OdcsShape ServiceLevel { get; } = new(
        ["property"],
        ("id", Text), ("property", Text), ("value", Text), ("valueExt", Text), ("unit", Text), ("element", Text), ("driver", Text), ("description", Text), ("scheduler", Text), ("schedule", Text));

    /// <summary>Checks the names of a quality rule by its type; what the rule means is compiled elsewhere.</summary>
    public static void CheckRule(YamlSection rule)
    {
        AnyRule.Read(rule);
        (rule.Text("type") switch
        {
            "sql" => SqlRule,
            "custom" => CustomRule,
            "text" => null,
            _ => LibraryRule,
        })?.Read(rule);
        rule.Finish();
    }

    /// <summary>The list that ends most mappings. A property of another tool may be without a value.</summary>
    public static void CustomProperties(YamlSection owner, string name)
    {
        foreach (var property in owner.Sections(name))
        {
            CustomProperty.Check(property);
            RequireValue(property);
        }
    }

    public static void RequireValue(YamlSection property)
    {
        if (!property.IsWritten("value"))
        {
            property.Problems.Add("FLY1104", "'value' is missing.", property.Where);
        }
    }

    public static void CheckRoles(YamlSection owner, string name) => ListOf(Role)(owner, name);

    /// <summary>A name that earlier versions, or the standard's own examples, have and the present one has not.</summary>
    private static void Earlier(YamlSection owner, string name)
    {
        owner.Keep(name);
        owner.Problems.AddNotice("FLY1157", $"'{name}' is not a name of the standard's present version; it is kept.", owner.At(name));
    }

    private static void Date(YamlSection owner, string name)
    {
        if (owner.Text(name) is { } text && !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) && !text.Contains("${", StringComparison.Ordinal))
        {
            owner.Problems.Add("FLY1105", $"'{name}' should be a date such as 2026-01-31.", owner.At(name));
        }
    }

    private static void KeepDescription(YamlSection owner, string name)
    {
        if (owner.Section(name) is { } section)
        {
            Description.Read(section);
        }
    }

    private static void Context(YamlSection owner, string name)
    {
        if (owner.IsMapping(name))
        {
            One(ContextBlock)(owner, name);
        }
        else
        {
            owner.Text(name);
        }
    }

    /// <summary>A mapping with members since 3.1; before, the list of members itself.</summary>
    private static void TeamOf(YamlSection owner, string name)
    {
        if (owner.IsList(name))
        {
            ListOf(Member)(owner, name);
        }
        else
        {
            One(Team)(owner, name);
        }
    }
}
