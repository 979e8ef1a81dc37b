namespace Flyball.Registry.Ledger;

/// <summary>What an entry of the ledger can be about.</summary>
public static class LedgerKinds
{
    /// <summary>An alias was set, moved or deleted; the values are version numbers.</summary>
    public const string Alias = "alias";

    /// <summary>A version changed its stage.</summary>
    public const string Stage = "stage";

    /// <summary>A version changed its state: registered, approved, refused, archived.</summary>
    public const string State = "state";

    /// <summary>A tag of a version; the name is its key.</summary>
    public const string Tag = "tag";

    /// <summary>The description of a version.</summary>
    public const string Description = "description";

    /// <summary>A version was registered.</summary>
    public const string Created = "created";

    /// <summary>A version got a bundle that can be judged; the values are digests.</summary>
    public const string Bundle = "bundle";

    /// <summary>A version was judged again; the values are digests of the gates' results among the blobs.</summary>
    public const string Gates = "gates";

    /// <summary>A version was deleted.</summary>
    public const string Deleted = "deleted";

    /// <summary>A model was registered.</summary>
    public const string ModelCreated = "model-created";

    /// <summary>A model has another name.</summary>
    public const string ModelRenamed = "model-renamed";

    /// <summary>The description of a model.</summary>
    public const string ModelDescription = "model-description";

    /// <summary>A tag of a model; the name is its key.</summary>
    public const string ModelTag = "model-tag";

    /// <summary>A model was deleted.</summary>
    public const string ModelDeleted = "model-deleted";
}
