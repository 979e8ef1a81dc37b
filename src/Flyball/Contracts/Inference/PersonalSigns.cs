using System.Text.RegularExpressions;

namespace Flyball.Contracts.Inference;

/// <summary>Signs that a column tells who somebody is: by what its values look like, and by words of its name.</summary>
internal static partial class PersonalSigns
{
    private static readonly string[] Words =
    [
        "email", "mail", "phone", "mobile", "telephone", "ssn", "passport", "iban", "surname", "lastname", "firstname", "fullname", "forename", "dob",
        "birthdate", "birthday", "birth", "street", "address",
    ];

    /// <summary>Who may have a name.</summary>
    private static readonly string[] People =
    [
        "customer", "client", "person", "people", "user", "patient", "employee", "member", "owner", "holder", "driver", "guest", "student", "teacher", "doctor", "contact", "name", "names",
        "recipient", "sender", "author", "passenger", "tenant", "applicant", "candidate", "worker", "staff", "manager", "agent", "cardholder", "subscriber", "beneficiary", "payer", "payee",
    ];

    private static readonly string[] Pairs =
        ["first name", "last name", "full name", "family name", "given name", "middle name", "customer name", "user name", "person name", "patient name", "holder name", "employee name",
         "e mail", "social security", "card number", "credit card number", "date of birth", "national id", "tax id", "ip address"];

    /// <summary>Why the column is likely personal, or null.</summary>
    public static string? Of(ColumnObservation column)
    {
        if (column.Present == 0)
        {
            return null;
        }

        // Most values of a form nothing else has.
        var most = column.Present * 0.8;
        var seen = column.Emails >= most ? "e-mail addresses" : column.SocialNumbers >= most ? "social security numbers" : column.Phones >= most ? "telephone numbers" : null;
        if (seen is not null)
        {
            return $"its values look like {seen}";
        }

        // A count of e-mails or a flag that there is a phone says nothing of a person.
        if (column.Distinct.Estimate <= 2 || column.Pointed > 0)
        {
            return null;
        }

        var words = WordsOf(column.Name);
        var named = Array.Find(Words, w => words.Contains(w, StringComparer.Ordinal));
        named ??= Array.Find(Pairs, p => $" {string.Join(' ', words)} ".Contains($" {p} ", StringComparison.Ordinal));
        named ??= words is ["name"] ? "name" : null;
        return named is not null ? $"its name says '{named}'"
            : AreNames(column) && Array.Find(People, w => words.Contains(w, StringComparer.Ordinal)) is { } who ? $"its name says '{who}' and its values look like names"
            : null;
    }

    /// <summary>Most values could be the names of people. Names of places are written so too: of what they are nothing is known.</summary>
    public static bool AreNames(ColumnObservation column) => column.Present > 0 && column.FullNames >= column.Present * 0.8;

    /// <summary><c>CustomerName</c>, <c>customer_name</c> and <c>customer-name</c> are the words customer and name.</summary>
    public static string[] WordsOf(string name) =>
        [.. Boundary().Replace(name, "_").Split(['_', '-', ' ', '.'], StringSplitOptions.RemoveEmptyEntries).Select(w => w.ToLowerInvariant())];

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Boundary();
}
