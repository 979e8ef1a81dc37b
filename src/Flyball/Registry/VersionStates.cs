namespace Flyball.Registry;

/// <summary>The states of a model version, as the catalog and the API name them.</summary>
public static class VersionStates
{
    /// <summary>Its gates passed; nobody has approved it yet.</summary>
    public const string Registered = "registered";

    /// <summary>A gate failed, or a person refused it.</summary>
    public const string Refused = "refused";

    /// <summary>May be promoted.</summary>
    public const string Approved = "approved";

    /// <summary>It came from outside as files, and nothing of it can be judged or run here.</summary>
    public const string Unjudged = "unjudged";

    /// <summary>Kept for the record; may not be promoted again.</summary>
    public const string Archived = "archived";
}
