namespace Weapp.Generators;

/// <summary>The pipeline's stages in their order. Tests find them by reflection and hold each to its promise of staying cached.</summary>
internal static class TrackingNames
{
    public const string Handlers = "1_Handlers";
    public const string HandlersWithClient = "2_HandlersWithClient";
    public const string Clients = "3_Clients";
}
